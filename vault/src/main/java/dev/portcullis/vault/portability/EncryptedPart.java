package dev.portcullis.vault.portability;

import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.bcpg.CompressionAlgorithmTags;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPCompressedDataGenerator;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyKeyEncryptionMethodGenerator;

/**
 * One OpenPGP message, written as a stream: signed by the vault, compressed, encrypted to one key
 * with AES-256 and integrity protection, in the form that every OpenPGP program reads (RFC 9580,
 * section 5.13.1).
 */
final class EncryptedPart implements AutoCloseable {

  private static final int BUFFER = 1 << 14;

  private final PGPSignatureGenerator signature;
  private final OutputStream encrypted;
  private final OutputStream compressed;
  private final OutputStream literal;

  private EncryptedPart(
      PGPSignatureGenerator signature,
      OutputStream encrypted,
      OutputStream compressed,
      OutputStream literal) {
    this.signature = signature;
    this.encrypted = encrypted;
    this.compressed = compressed;
    this.literal = literal;
  }

  /**
   * @param out closed by the caller
   * @param name what the file is called when it is unpacked
   */
  static EncryptedPart open(
      OutputStream out,
      PGPPublicKey recipient,
      PGPKeyPair signing,
      String name,
      Instant now,
      SecureRandom random)
      throws IOException {
    try {
      PGPEncryptedDataGenerator encryption =
          new PGPEncryptedDataGenerator(
              new BcPGPDataEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256)
                  .setWithIntegrityPacket(true)
                  .setSecureRandom(random));
      encryption.addMethod(
          new BcPublicKeyKeyEncryptionMethodGenerator(recipient).setSecureRandom(random));
      OutputStream encrypted = encryption.open(out, new byte[BUFFER]);
      OutputStream compressed =
          new PGPCompressedDataGenerator(CompressionAlgorithmTags.ZIP)
              .open(encrypted, new byte[BUFFER]);
      PGPSignatureGenerator signature =
          new PGPSignatureGenerator(
              new BcPGPContentSignerBuilder(
                  signing.getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA512),
              signing.getPublicKey());
      signature.init(PGPSignature.BINARY_DOCUMENT, signing.getPrivateKey());
      signature.generateOnePassVersion(false).encode(compressed);
      OutputStream literal =
          new PGPLiteralDataGenerator()
              .open(compressed, PGPLiteralData.BINARY, name, Date.from(now), new byte[BUFFER]);
      return new EncryptedPart(signature, encrypted, compressed, literal);
    } catch (PGPException e) {
      throw new IOException("a part could not be encrypted", e);
    }
  }

  void write(byte[] bytes) throws IOException {
    literal.write(bytes);
    signature.update(bytes);
  }

  /** Ends the message; without it, it is none. */
  @Override
  public void close() throws IOException {
    try {
      literal.close();
      signature.generate().encode(compressed);
      compressed.close();
      encrypted.close();
    } catch (PGPException e) {
      throw new IOException("a part could not be signed", e);
    }
  }
}
