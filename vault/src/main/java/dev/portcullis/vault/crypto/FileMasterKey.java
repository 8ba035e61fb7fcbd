package dev.portcullis.vault.crypto;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.AesGcmJce;
import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;

/** A master key of 256 bits that came from a file; AES-256-GCM. */
public final class FileMasterKey implements MasterKey {

  private static final int KEY_BYTES = 32;

  private final Aead aead;
  private final String id;

  /**
   * @param key exactly 32 bytes
   * @throws IllegalArgumentException if it is of another length
   */
  public FileMasterKey(Secret key, SecretAccess access) {
    if (key.length() != KEY_BYTES) {
      throw new IllegalArgumentException("the master key must be 32 bytes, base64");
    }
    byte[] bytes = key.revealBytes(access);
    try {
      aead = new AesGcmJce(bytes);
      byte[] name = "portcullis master key name".getBytes(StandardCharsets.US_ASCII);
      id = "file:" + HexFormat.of().formatHex(new HmacSha256(bytes).digest(name), 0, 8);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no AES-256-GCM", e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public byte[] wrap(byte[] dataKey, byte[] context) throws GeneralSecurityException {
    return aead.encrypt(dataKey, context);
  }

  @Override
  public byte[] unwrap(byte[] wrapped, byte[] context) throws GeneralSecurityException {
    return aead.decrypt(wrapped, context);
  }
}
