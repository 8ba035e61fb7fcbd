package dev.portcullis.vault.portability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.portability.PgpFiles.Protection;
import dev.portcullis.wire.error.ApiException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.api.OpenPGPKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files are taken, and that of every other one nothing counts. */
class EncryptedFileTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final OpenPGPKey OURS = PgpFiles.key(NOW.minus(Duration.ofDays(1)));
  private static final OpenPGPKey THEIRS = PgpFiles.key(NOW.minus(Duration.ofDays(1)));
  private static final Charset UTF = StandardCharsets.UTF_8;
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

  private static final int SIGNATURE = 2;
  private static final int ONE_PASS = 4;
  private static final int RECIPIENT = 1;
  private static final int PADDING = 21;
  private static final int MARKER = 10;
  private static final int AEAD = 20;

  private static void text(OutputStream out) throws IOException {
    PgpFiles.literal(out, to -> to.write(TEXT.getBytes(StandardCharsets.UTF_8)));
  }

  private static void many(OutputStream out, int count, int tag, int length) throws IOException {
    for (int n = 0; n < count; n++) {
      PgpFiles.packet(out, tag, length);
    }
  }

  /** Packets before the data, and packets after it. */
  private static byte[] between(
      boolean compressed, PgpFiles.Plaintext before, PgpFiles.Plaintext after) {
    PgpFiles.Plaintext all =
        out -> {
          before.writeTo(out);
          text(out);
          after.writeTo(out);
        };
    return compressed ? toUs().ofCompressed(all) : toUs().ofPackets(all);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatStandsBesideTheDataIsBounded(boolean compressed) throws IOException {
    PgpFiles.Plaintext none = out -> {};
    PgpFiles.Plaintext few =
        out -> {
          PgpFiles.packet(out, MARKER, 3);
          PgpFiles.packet(out, PADDING, Packets.LONGEST);
        };
    byte[] signed =
        between(
            compressed,
            out -> {
              few.writeTo(out);
              many(out, 16, ONE_PASS, 13);
            },
            out -> {
              many(out, 16, SIGNATURE, 300);
              few.writeTo(out);
            });
    assertThat(read(signed)).as("signed by many").isEqualTo(TEXT);
    for (PgpFiles.Plaintext much :
        List.<PgpFiles.Plaintext>of(
            out -> PgpFiles.packet(out, PADDING, 64 << 20),
            out -> PgpFiles.packet(out, PADDING, Packets.LONGEST + 1),
            out -> PgpFiles.packet(out, MARKER, 1 << 20),
            out -> many(out, 33, SIGNATURE, 10),
            out -> many(out, 33, ONE_PASS, 13),
            out -> many(out, 65, PADDING, 1),
            out -> PgpFiles.packet(out, SIGNATURE, 1 << 20),
            out -> PgpFiles.packet(out, RECIPIENT, 10),
            EncryptedFileTest::text)) {
      refused(between(compressed, none, much), "file_malformed");
      refused(between(compressed, much, none), "file_malformed");
    }
  }

  @Test
  void whatStandsOutsideIsBoundedAndNothingFollows() throws IOException {
    byte[] file = toUs().of(TEXT);
    for (PgpFiles.Plaintext much :
        List.<PgpFiles.Plaintext>of(
            out -> many(out, 65, RECIPIENT, 10),
            out -> PgpFiles.packet(out, RECIPIENT, 1 << 20),
            out -> PgpFiles.packet(out, PADDING, 64 << 20),
            out -> many(out, 33, SIGNATURE, 10))) {
      refused(joined(much, out -> out.write(file)), "file_malformed");
      refused(joined(out -> out.write(file), much), "file_malformed");
    }
    byte[] padded = joined(out -> PgpFiles.packet(out, PADDING, 100), out -> out.write(file));
    assertThat(read(padded)).isEqualTo(TEXT);
    // A chunk of a gigabyte would be kept in memory until its end.
    refused(
        joined(
            out -> out.write(file, 0, recipientLength(file)),
            out -> {
              out.write(new byte[] {(byte) (0xc0 | AEAD), (byte) 0xff, 0, 1, 0, 0, 1, 9, 2, 24});
              out.write(new byte[1 << 16]);
            }),
        "file_malformed");
    byte[] headed =
        joined(
            out -> out.write("-----BEGIN PGP MESSAGE-----\nComment: ".getBytes(UTF)),
            out -> out.write("x".repeat(1 << 20).getBytes(UTF)));
    refused(headed, "file_malformed");
    refused(
        joined(out -> out.write(headed), out -> out.write("\n\n".getBytes(UTF))), "file_malformed");
  }

  private static int recipientLength(byte[] file) {
    return 2 + (file[1] & 0xff);
  }

  private static byte[] joined(PgpFiles.Plaintext one, PgpFiles.Plaintext other)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    one.writeTo(out);
    other.writeTo(out);
    return out.toByteArray();
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
