package dev.portcullis.vault.portability;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.bcpg.KeyIdentifier;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPCompressedData;
import org.bouncycastle.openpgp.PGPEncryptedData;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPMarker;
import org.bouncycastle.openpgp.PGPOnePassSignatureList;
import org.bouncycastle.openpgp.PGPPadding;
import org.bouncycastle.openpgp.PGPPublicKeyEncryptedData;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyDataDecryptorFactory;

/**
 * One OpenPGP message, read as a stream. Whatever is read counts only after {@link #finish}: until
 * then a changed byte may not have shown. Taken is what is encrypted to a key of ours by AES, with
 * integrity protection (RFC 9580, section 5.13; GnuPG's AEAD too), compressed once at most, signed
 * or not; nothing else, and nothing after it.
 */
final class EncryptedFile {

  /** What a file may become when it is unpacked: whoever made it chose how well it packs. */
  static final long LONGEST = 8L << 30;

  private static final Set<Integer> CIPHERS =
      Set.of(
          SymmetricKeyAlgorithmTags.AES_128,
          SymmetricKeyAlgorithmTags.AES_192,
          SymmetricKeyAlgorithmTags.AES_256);

  private static final String ARMOUR = "-----BEGIN PGP MESSAGE-----";
  private static final int CHUNK = 1 << 14;

  private final BcPGPObjectFactory outer;
  private final PGPEncryptedData encrypted;
  private final InputStream clear;
  private final InputStream plaintext;

  /** Finds keys of ours. */
  interface Keys {
    Optional<PGPKeyPair> find(KeyIdentifier id) throws IOException;
  }

  private EncryptedFile(
      BcPGPObjectFactory outer,
      PGPEncryptedData encrypted,
      InputStream clear,
      InputStream plaintext) {
    this.outer = outer;
    this.encrypted = encrypted;
    this.clear = clear;
    this.plaintext = plaintext;
  }

  /**
   * Reads as far as the plaintext's beginning.
   *
   * @throws FileRefused if it is not a file of that kind, or not for one of those keys
   */
  static EncryptedFile open(InputStream file, Keys keys) throws IOException {
    try {
      BcPGPObjectFactory outer = new BcPGPObjectFactory(PGPUtil.getDecoderStream(file));
      Object first = next(outer);
      if (!(first instanceof PGPEncryptedDataList list)) {
        throw notEncrypted();
      }
      PGPPublicKeyEncryptedData encrypted = null;
      PGPKeyPair key = null;
      for (PGPEncryptedData each : list) {
        if (key == null && each instanceof PGPPublicKeyEncryptedData to) {
          encrypted = to;
          key = keys.find(to.getKeyIdentifier()).orElse(null);
        }
      }
      if (encrypted == null || key == null) {
        throw new FileRefused(
            "file_for_another_key",
            "The file is not encrypted to a key of this vault (portcullis vault import-key).");
      }
      InputStream clear = decrypted(encrypted, new BcPublicKeyDataDecryptorFactory(key));
      return new EncryptedFile(outer, encrypted, clear, literal(clear));
    } catch (PGPException | IllegalStateException | IndexOutOfBoundsException e) {
      throw broken(e);
    } catch (IllegalArgumentException | ClassCastException | ArithmeticException e) {
      throw broken(e);
    }
  }

  private static FileRefused notEncrypted() {
    return new FileRefused("file_not_encrypted", "This is no file that OpenPGP encrypted.");
  }

  /**
   * Whether a file that begins so may be an OpenPGP message: what is not encrypted is not even laid
   * down (RFC 9580, sections 4.2 and 6.2).
   */
  static boolean mayBeginWith(byte[] piece) {
    return piece.length > 0
        && (piece[0] < 0
            || new String(piece, StandardCharsets.ISO_8859_1).stripLeading().startsWith(ARMOUR));
  }

  private static InputStream decrypted(
      PGPPublicKeyEncryptedData encrypted, BcPublicKeyDataDecryptorFactory key)
      throws IOException, PGPException {
    if (!encrypted.isIntegrityProtected() && !encrypted.isAEAD()) {
      throw new FileRefused(
          "file_without_integrity",
          "The file has no integrity protection (MDC or AEAD): anybody could have changed it.");
    }
    if (!CIPHERS.contains(encrypted.getSymmetricAlgorithm(key))) {
      throw new FileRefused("weak_cipher", "The file is encrypted by another cipher than AES.");
    }
    return encrypted.getDataStream(key);
  }

  private static InputStream literal(InputStream clear) throws IOException, PGPException {
    Object next = next(new BcPGPObjectFactory(clear));
    if (next instanceof PGPCompressedData compressed) {
      next = next(new BcPGPObjectFactory(compressed.getDataStream()));
    }
    if (next instanceof PGPLiteralData data) {
      return new Guarded(data.getInputStream());
    }
    throw new FileRefused(
        "file_malformed",
        "What is encrypted in the file is not one file, compressed at most once.");
  }

  /** The next thing that is no signature and no filler. */
  private static Object next(BcPGPObjectFactory factory) throws IOException {
    Object next = factory.nextObject();
    while (next instanceof PGPMarker
        || next instanceof PGPPadding
        || next instanceof PGPOnePassSignatureList
        || next instanceof PGPSignatureList) {
      next = factory.nextObject();
    }
    if (next == null) {
      throw notEncrypted();
    }
    return next;
  }

  /** What was encrypted. */
  InputStream plaintext() {
    return plaintext;
  }

  /**
   * Reads what is left, and checks that all of it is as it was encrypted.
   *
   * @throws FileRefused if it is not, or something follows it
   */
  void finish() throws IOException {
    try {
      drain(plaintext);
      drain(new Guarded(clear));
      if (!encrypted.isAEAD() && !encrypted.verify()) {
        throw broken(null);
      }
      if (outer.nextObject() != null) {
        throw new FileRefused("file_malformed", "Something follows the encrypted file.");
      }
    } catch (PGPException | IllegalStateException | IndexOutOfBoundsException e) {
      throw broken(e);
    } catch (IllegalArgumentException | ClassCastException | ArithmeticException e) {
      throw broken(e);
    }
  }

  private static void drain(InputStream in) throws IOException {
    byte[] chunk = new byte[CHUNK];
    while (in.read(chunk) >= 0) {
      // What nobody asked for is read for the integrity's sake alone.
    }
  }

  private static FileRefused broken(@org.jspecify.annotations.Nullable Exception why) {
    FileRefused refused =
        new FileRefused("file_broken", "The file is cut off, or not as it was encrypted.");
    if (why != null) {
      refused.initCause(why);
    }
    return refused;
  }

  /** A stream of bounded length, of which each failure to decode is the file's. */
  private static final class Guarded extends FilterInputStream {
    private long left = LONGEST;

    Guarded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        int read = in.read(bytes, offset, length);
        left -= Math.max(read, 0);
        if (left < 0) {
          throw new FileRefused("file_too_large", "The file becomes too large when unpacked.");
        }
        return read;
      } catch (FileRefused e) {
        throw e;
      } catch (IOException | IllegalStateException | IndexOutOfBoundsException e) {
        throw broken(e);
      } catch (IllegalArgumentException | ClassCastException | ArithmeticException e) {
        throw broken(e);
      }
    }
  }
}
