package dev.portcullis.cli.backup;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the two halves of a backup key are kept: one JSON object with a Tink keyset for each use. */
final class BackupKeysets {
  private static final int ID_BYTES = 8;

  private BackupKeysets() {}

  /**
   * What a person tells keys apart by: the same for both halves, and no secret.
   *
   * @param sealing the public keyset that backups are sealed with
   * @param signing the public keyset that their signatures are checked with
   */
  static String id(KeysetHandle sealing, KeysetHandle signing) throws GeneralSecurityException {
    String both = publicJson(sealing) + "\n" + publicJson(signing);
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(both.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String json(String first, String firstJson, String second, String secondJson) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put(first, Json.readObject(firstJson));
    tree.put(second, Json.readObject(secondJson));
    return Json.writeString(tree);
  }

  /**
   * Takes a half apart.
   *
   * @return the keyset of that use, as Tink wrote it
   * @throws GeneralSecurityException if there is none
   */
  static String keyset(String json, String use) throws GeneralSecurityException {
    try {
      if (Json.readObject(json).get(use) instanceof Map<?, ?> keyset) {
        return Json.writeString(keyset);
      }
    } catch (MalformedJsonException e) {
      throw new GeneralSecurityException("no JSON", e);
    }
    throw new GeneralSecurityException("no keyset that " + use);
  }

  static String secretJson(KeysetHandle keyset) throws GeneralSecurityException {
    return TinkJsonProtoKeysetFormat.serializeKeyset(
        keyset, Primitives.configuration(), InsecureSecretKeyAccess.get());
  }

  static String publicJson(KeysetHandle keyset) throws GeneralSecurityException {
    return TinkJsonProtoKeysetFormat.serializeKeysetWithoutSecret(
        keyset, Primitives.configuration());
  }

  static KeysetHandle secret(String json) throws GeneralSecurityException {
    return TinkJsonProtoKeysetFormat.parseKeyset(
        json, Primitives.configuration(), InsecureSecretKeyAccess.get());
  }

  static KeysetHandle publicOnly(String json) throws GeneralSecurityException {
    return TinkJsonProtoKeysetFormat.parseKeysetWithoutSecret(json, Primitives.configuration());
  }

  static Refusal refusal(String where, String half, Exception e) {
    return new Refusal(
        "%s does not hold the %s half of a backup key, as ./portcullis backup-key create makes it."
            .formatted(where, half),
        e);
  }
}
