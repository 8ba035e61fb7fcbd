package dev.portcullis.vault.portability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.portability.PgpFiles.Protection;
import dev.portcullis.wire.error.ApiException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.api.OpenPGPKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which files are taken, and that of every other one nothing counts. */
class EncryptedFileTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final OpenPGPKey OURS = PgpFiles.key(NOW.minus(Duration.ofDays(1)));
  private static final OpenPGPKey THEIRS = PgpFiles.key(NOW.minus(Duration.ofDays(1)));
  private static final String TEXT = "{\"id\":\"old_1\"}\n".repeat(4_000);

  private static final EncryptedFile.Keys KEYS =
      id -> {
        PGPSecretKey key = OURS.getPGPSecretKeyRing().getSecretKey(id);
        try {
          return key == null ? Optional.empty() : Optional.of(key.extractKeyPair(null));
        } catch (PGPException e) {
          throw new IOException(e);
        }
      };

  private static PgpFiles toUs() {
    return PgpFiles.to(PgpFiles.armoured(OURS));
  }

  private static String read(byte[] file) throws IOException {
    EncryptedFile opened = EncryptedFile.open(new ByteArrayInputStream(file), KEYS);
    String text = new String(opened.plaintext().readAllBytes(), StandardCharsets.UTF_8);
    opened.finish();
    return text;
  }

  private static void refused(byte[] file, String code) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOfSatisfying(FileRefused.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @ParameterizedTest
  @EnumSource(
      value = Protection.class,
      names = {"INTEGRITY", "AEAD"})
  void whatIsProtectedIsRead(Protection protection) throws IOException {
    assertThat(read(toUs().protectedBy(protection).of(TEXT))).isEqualTo(TEXT);
    assertThat(read(toUs().protectedBy(protection).compressed(0).of(TEXT))).isEqualTo(TEXT);
    byte[] armoured =
        Armour.of(toUs().protectedBy(protection).of(TEXT)).getBytes(StandardCharsets.US_ASCII);
    assertThat(read(armoured)).as("as text").isEqualTo(TEXT);
  }

  @Test
  void whatIsNotProtectedOrWeaklyEncryptedIsRefused() {
    refused(toUs().protectedBy(Protection.NONE).of(TEXT), "file_without_integrity");
    refused(toUs().cipher(SymmetricKeyAlgorithmTags.CAST5).of(TEXT), "weak_cipher");
    refused(toUs().cipher(SymmetricKeyAlgorithmTags.TRIPLE_DES).of(TEXT), "weak_cipher");
    refused(toUs().compressed(2).of(TEXT), "file_malformed");
    refused(PgpFiles.to(PgpFiles.armoured(THEIRS)).of(TEXT), "file_for_another_key");
    refused(TEXT.getBytes(StandardCharsets.UTF_8), "file_not_encrypted");
    assertThat(EncryptedFile.mayBeginWith(TEXT.getBytes(StandardCharsets.UTF_8))).isFalse();
    assertThat(EncryptedFile.mayBeginWith(toUs().of(TEXT))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Protection.class,
      names = {"INTEGRITY", "AEAD"})
  void aChangedByteAndAMissingEndShow(Protection protection) throws IOException {
    byte[] file = toUs().protectedBy(protection).compressed(0).of(TEXT);
    assertThat(read(file)).isEqualTo(TEXT);
    for (int at = 200; at < file.length; at += file.length / 17) {
      byte[] changed = file.clone();
      changed[at] ^= 1;
      assertThatThrownBy(() -> read(changed)).isInstanceOf(FileRefused.class);
      byte[] cut = Arrays.copyOf(file, at);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(FileRefused.class);
    }
    byte[] twice = Arrays.copyOf(file, file.length * 2);
    System.arraycopy(file, 0, twice, file.length, file.length);
    refused(twice, "file_malformed");
  }

  @Test
  void keysThatMayNotBeEncryptedToAreRefused() throws IOException {
    Instant made = NOW.minus(Duration.ofDays(30));
    assertThatCode(() -> Recipient.read(bytes(PgpFiles.key(made)), NOW)).doesNotThrowAnyException();
    for (byte[] key :
        new byte[][] {
          bytes(PgpFiles.key(made, false)),
          bytes(PgpFiles.key(NOW.minus(Duration.ofDays(365 * 6)))),
          bytes(PgpFiles.key(NOW.plus(Duration.ofDays(1)))),
          PgpFiles.key(made).getPGPSecretKeyRing().getEncoded(),
          "not a key".getBytes(StandardCharsets.US_ASCII),
          (PgpFiles.armoured(PgpFiles.key(made)) + PgpFiles.armoured(PgpFiles.key(made)))
              .getBytes(StandardCharsets.US_ASCII)
        }) {
      assertThatThrownBy(() -> Recipient.read(key, NOW))
          .isInstanceOfSatisfying(
              ApiException.class, e -> assertThat(e.error().param()).isEqualTo("recipient_key"));
    }
  }

  private static byte[] bytes(OpenPGPKey key) {
    return PgpFiles.armoured(key).getBytes(StandardCharsets.US_ASCII);
  }
}
