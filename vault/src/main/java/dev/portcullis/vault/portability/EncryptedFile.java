package dev.portcullis.vault.portability;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.KeyIdentifier;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPCompressedData;
import org.bouncycastle.openpgp.PGPEncryptedData;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPPublicKeyEncryptedData;
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
  private static final Pattern HEAD_END = Pattern.compile("\\r?\\n[ \\t]*\\r?\\n");
  private static final int CHUNK = 1 << 14;

  /** What stands before the text itself, which the library would read into memory. */
  private static final int LONGEST_ARMOUR_HEAD = 4 << 10;

  private final Packets outside;
  private final PGPEncryptedData encrypted;

  /** The layers within, the innermost last. */
  private final Deque<Packets> inside = new ArrayDeque<>();

  private final InputStream plaintext;

  /** Finds keys of ours. */
  interface Keys {
    Optional<PGPKeyPair> find(KeyIdentifier id) throws IOException;
  }

  private EncryptedFile(Packets outside, PGPEncryptedData encrypted, InputStream clear)
      throws IOException, PGPException {
    this.outside = outside;
    this.encrypted = encrypted;
    this.plaintext = literal(clear);
  }

  /**
   * Reads as far as the plaintext's beginning.
   *
   * @throws FileRefused if it is not a file of that kind, or not for one of those keys
   */
  static EncryptedFile open(InputStream file, Keys keys) throws IOException {
    try {
      Packets outside = new Packets(binary(file), Packets.Layer.OUTSIDE);
      if (!(next(outside) instanceof PGPEncryptedDataList list)) {
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
      return new EncryptedFile(
          outside, encrypted, decrypted(encrypted, new BcPublicKeyDataDecryptorFactory(key)));
    } catch (PGPException | IllegalStateException | IndexOutOfBoundsException e) {
      throw broken(e);
    } catch (IllegalArgumentException | ClassCastException | ArithmeticException e) {
      throw broken(e);
    }
  }

  /** The file without its armour, if it has one (RFC 9580, section 6.2). */
  private static InputStream binary(InputStream file) throws IOException {
    BufferedInputStream in = new BufferedInputStream(file);
    in.mark(LONGEST_ARMOUR_HEAD);
    byte[] head = in.readNBytes(LONGEST_ARMOUR_HEAD);
    in.reset();
    if (!mayBeginWith(head)) {
      throw notEncrypted();
    }
    if (head[0] < 0) {
      return in;
    }
    String text = new String(head, StandardCharsets.ISO_8859_1);
    int begin = text.indexOf(ARMOUR);
    if (!HEAD_END.matcher(text).find(begin)) {
      throw new FileRefused("file_malformed", "The armour's headers are too long.");
    }
    in.skipNBytes(begin);
    return new ArmoredInputStream(in);
  }

  static FileRefused notEncrypted() {
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

  private InputStream literal(InputStream clear) throws IOException, PGPException {
    Object next = next(within(clear));
    if (next instanceof PGPCompressedData compressed) {
      next = next(within(compressed.getDataStream()));
    }
    if (next instanceof PGPLiteralData data) {
      return new Guarded(data.getInputStream());
    }
    throw notOneFile();
  }

  private Packets within(InputStream layer) {
    Packets packets = new Packets(layer, Packets.Layer.INSIDE);
    inside.addLast(packets);
    return packets;
  }

  static FileRefused notOneFile() {
    return new FileRefused(
        "file_malformed",
        "What is encrypted in the file is not one file, compressed at most once.");
  }

  private static Object next(Packets packets) throws IOException {
    Object next;
    try {
      next = new BcPGPObjectFactory(packets).nextObject();
    } catch (FileRefused e) {
      throw e;
    } catch (IOException e) {
      throw broken(e);
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
      while (!inside.isEmpty()) {
        drain(new Guarded(inside.removeLast()));
      }
      if (!encrypted.isAEAD() && !encrypted.verify()) {
        throw broken(null);
      }
      drain(new Guarded(outside));
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

  /** What the file's own packets said, if they said it beneath the library; else what it is. */
  private static FileRefused broken(@org.jspecify.annotations.Nullable Exception why) {
    for (Throwable at = why; at != null; at = at.getCause()) {
      if (at instanceof FileRefused said) {
        return said;
      }
    }
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
