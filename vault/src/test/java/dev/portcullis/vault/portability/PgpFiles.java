package dev.portcullis.vault.portability;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.bcpg.AEADAlgorithmTags;
import org.bouncycastle.bcpg.CompressionAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPCompressedDataGenerator;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.api.KeyPairGeneratorCallback;
import org.bouncycastle.openpgp.api.OpenPGPKey;
import org.bouncycastle.openpgp.api.OpenPGPKeyGenerator;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPApi;
import org.bouncycastle.openpgp.operator.PGPKeyPairGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyKeyEncryptionMethodGenerator;

/** Files as other processors might make them, good and bad, and keys as they might have. */
public final class PgpFiles {

  private static final SecureRandom RANDOM = new SecureRandom();

  /** How a file is protected. */
  public enum Protection {
    INTEGRITY,
    AEAD,
    NONE
  }

  private final PGPPublicKey recipient;
  private Protection protection = Protection.INTEGRITY;
  private int cipher = SymmetricKeyAlgorithmTags.AES_256;
  private int compressions = 1;

  private PgpFiles(PGPPublicKey recipient) {
    this.recipient = recipient;
  }

  /** Files to whoever has that key, an hour after it was made. */
  public static PgpFiles to(String armoured) {
    try {
      Instant made =
          new BcOpenPGPApi()
              .readKeyOrCertificate()
              .parseCertificates(armoured)
              .getFirst()
              .getPrimaryKey()
              .getCreationTime()
              .toInstant();
      byte[] key = armoured.getBytes(StandardCharsets.US_ASCII);
      return new PgpFiles(Recipient.read(key, made.plus(Duration.ofHours(1))).encryptionKey());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public PgpFiles protectedBy(Protection wanted) {
    protection = wanted;
    return this;
  }

  public PgpFiles cipher(int wanted) {
    cipher = wanted;
    return this;
  }

  public PgpFiles compressed(int times) {
    compressions = times;
    return this;
  }

  /** An encrypted file with that content. */
  public byte[] of(String content) {
    return of(out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  /** Writes a plaintext. */
  public interface Plaintext {
    void writeTo(OutputStream out) throws IOException;
  }

  /** An encrypted file with that content. */
  public byte[] of(Plaintext content) {
    return ofPackets(packets -> packed(packets, compressions, content));
  }

  /** A file in which those packets are encrypted, compressed once. */
  public byte[] ofCompressed(Plaintext packets) {
    return ofPackets(
        out -> {
          try (OutputStream compressed =
              new PGPCompressedDataGenerator(CompressionAlgorithmTags.ZIP)
                  .open(out, new byte[1 << 12])) {
            packets.writeTo(compressed);
          } catch (PGPException e) {
            throw new IOException(e);
          }
        });
  }

  /** A file in which those packets are encrypted. */
  public byte[] ofPackets(Plaintext packets) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      BcPGPDataEncryptorBuilder builder =
          new BcPGPDataEncryptorBuilder(cipher).setSecureRandom(RANDOM);
      switch (protection) {
        case INTEGRITY -> builder.setWithIntegrityPacket(true);
        case AEAD -> {
          builder.setWithAEAD(AEADAlgorithmTags.OCB, 6);
          builder.setUseV5AEAD();
        }
        case NONE -> builder.setWithIntegrityPacket(false);
      }
      PGPEncryptedDataGenerator encryption = new PGPEncryptedDataGenerator(builder);
      encryption.addMethod(
          new BcPublicKeyKeyEncryptionMethodGenerator(recipient).setSecureRandom(RANDOM));
      try (OutputStream encrypted = encryption.open(file, new byte[1 << 12])) {
        packets.writeTo(encrypted);
      }
      return file.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (PGPException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A packet that is not the data: its header and so many octets. */
  public static void packet(OutputStream out, int tag, int length) throws IOException {
    out.write(0xc0 | tag);
    out.write(0xff);
    out.write(ByteBuffer.allocate(4).putInt(length).array());
    byte[] some = new byte[1 << 12];
    for (int left = length; left > 0; left -= some.length) {
      out.write(some, 0, Math.min(left, some.length));
    }
  }

  /** The data itself. */
  public static void literal(OutputStream out, Plaintext content) throws IOException {
    packed(out, 0, content);
  }

  private static void packed(OutputStream out, int compressions, Plaintext content)
      throws IOException {
    if (compressions > 0) {
      try (OutputStream compressed =
          new PGPCompressedDataGenerator(CompressionAlgorithmTags.ZLIB)
              .open(out, new byte[1 << 12])) {
        packed(compressed, compressions - 1, content);
      } catch (PGPException e) {
        throw new IOException(e);
      }
    } else {
      try (OutputStream literal =
          new PGPLiteralDataGenerator()
              .open(
                  out,
                  PGPLiteralData.BINARY,
                  "cards",
                  Date.from(Instant.EPOCH),
                  new byte[1 << 12])) {
        content.writeTo(literal);
      }
    }
  }

  /** A key of somebody else, made then. */
  public static OpenPGPKey key(Instant made) {
    return key(made, true);
  }

  /**
   * @param encrypts whether it can be encrypted to
   */
  public static OpenPGPKey key(Instant made, boolean encrypts) {
    try {
      OpenPGPKeyGenerator.WithPrimaryKey key =
          new BcOpenPGPApi()
              .generateKey(PublicKeyPacket.VERSION_4, Date.from(made))
              .withPrimaryKey(made(PGPKeyPairGenerator::generateLegacyEd25519KeyPair))
              .addUserId("Another processor <keys@processor.example>");
      return (encrypts
              ? key.addEncryptionSubkey(made(PGPKeyPairGenerator::generateLegacyX25519KeyPair))
              : key)
          .build();
    } catch (PGPException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Generation {
    PGPKeyPair by(PGPKeyPairGenerator generator) throws PGPException;
  }

  private static KeyPairGeneratorCallback made(Generation generation) {
    return new KeyPairGeneratorCallback() {
      @Override
      public PGPKeyPair generateFrom(PGPKeyPairGenerator generator) throws PGPException {
        return generation.by(generator);
      }
    };
  }

  /** The public part as text. */
  public static String armoured(OpenPGPKey key) {
    try {
      return key.toCertificate().toAsciiArmoredString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
