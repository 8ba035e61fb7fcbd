package dev.portcullis.vault.portability;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.bouncycastle.bcpg.PacketTags;

/**
 * One layer of an OpenPGP message as a stream, of which the library sees only what it needs: it
 * collects signatures, fillers and recipients in memory, as long and as many as there are, so that
 * a small file could end the vault. Headers and lengths are read here (RFC 9580, section 4.2);
 * signatures and fillers go no further, and everything but the data has a bound.
 */
final class Packets extends InputStream {

  /** How long a packet may be that is not the data, in bytes; an RSA-16384 recipient has 2 KiB. */
  static final int LONGEST = 8 << 10;

  /** How many packets there may be in a layer beside the data. */
  static final int MOST = 64;

  /** How many of them may be signatures, or announce one. */
  static final int MOST_SIGNATURES = 32;

  /** Chunks of 4 MiB: longer ones are forbidden (RFC 9580, section 5.13.2), and kept in memory. */
  private static final int LARGEST_CHUNK = 16;

  /** RFC 9580, section 4.2.1.4. */
  private static final int SHORTEST_FIRST_PART = 512;

  private static final long TO_THE_END = Long.MAX_VALUE;
  private static final int PADDING = 21;
  private static final Set<Integer> SIGNATURES =
      Set.of(PacketTags.SIGNATURE, PacketTags.ONE_PASS_SIGNATURE);

  /** What a layer is made of. */
  enum Layer {
    OUTSIDE {
      @Override
      boolean isData(int tag) {
        return tag == PacketTags.SYMMETRIC_KEY_ENC
            || tag == PacketTags.SYM_ENC_INTEGRITY_PRO
            || tag == PacketTags.AEAD_ENC_DATA;
      }

      @Override
      FileRefused refusal(boolean after) {
        return after
            ? new FileRefused("file_malformed", "Something follows the encrypted file.")
            : EncryptedFile.notEncrypted();
      }
    },
    INSIDE {
      @Override
      boolean isData(int tag) {
        return tag == PacketTags.COMPRESSED_DATA || tag == PacketTags.LITERAL_DATA;
      }

      @Override
      FileRefused refusal(boolean after) {
        return EncryptedFile.notOneFile();
      }
    };

    /** Whether the packet is the file itself, and nothing beside it. */
    abstract boolean isData(int tag);

    abstract FileRefused refusal(boolean after);
  }

  private final InputStream in;
  private final Layer layer;
  private final byte[] header = new byte[16];
  private int headerLength;
  private int headerRead;

  /** How much of the present packet, or of the present part of it, has not been read. */
  private long left;

  private boolean partial;
  private boolean ended;
  private boolean dataSeen;
  private int others;
  private int signatures;

  Packets(InputStream in, Layer layer) {
    this.in = in;
    this.layer = layer;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (headerRead == headerLength && left == 0) {
      headerRead = 0;
      headerLength = 0;
      if (partial) {
        currentLength();
      } else if (!next()) {
        return -1;
      }
    }
    return headerRead < headerLength
        ? ofHeader(bytes, offset, length)
        : ofBody(bytes, offset, length);
  }

  private int ofHeader(byte[] bytes, int offset, int length) {
    int read = Math.min(length, headerLength - headerRead);
    System.arraycopy(header, headerRead, bytes, offset, read);
    headerRead += read;
    return read;
  }

  private int ofBody(byte[] bytes, int offset, int length) throws IOException {
    int read = in.read(bytes, offset, (int) Math.min(length, left));
    if (left == TO_THE_END) {
      ended = read < 0;
      left = ended ? 0 : left;
      return read;
    }
    if (read < 0) {
      throw new EOFException("a packet is cut off");
    }
    left -= read;
    return read;
  }

  /** Goes to the next packet that goes on; false at the layer's end. */
  private boolean next() throws IOException {
    int tag = tag();
    while (tag >= 0 && !layer.isData(tag) && !isRecipient(tag)) {
      requireOther(tag);
      in.skipNBytes(left);
      left = 0;
      headerLength = 0;
      tag = tag();
    }
    if (tag >= 0 && isRecipient(tag)) {
      requireOther(tag);
    } else if (tag >= 0) {
      requireData(tag);
    }
    return tag >= 0;
  }

  private boolean isRecipient(int tag) {
    return layer == Layer.OUTSIDE && !dataSeen && tag == PacketTags.PUBLIC_KEY_ENC_SESSION;
  }

  /** Reads a header; the packet's kind, or less than 0 at the layer's end. */
  private int tag() throws IOException {
    int first = ended ? -1 : in.read();
    if (first < 0) {
      // Never read again: beneath an armour's end begins what may be another one.
      ended = true;
      return -1;
    }
    if ((first & 0x80) == 0) {
      throw layer.refusal(dataSeen);
    }
    header[headerLength++] = (byte) first;
    if ((first & 0x40) != 0) {
      currentLength();
      return first & 0x3f;
    }
    int octets = 1 << (first & 3);
    left = octets > 4 ? TO_THE_END : number(octets);
    return (first >> 2) & 0xf;
  }

  private int octet() throws IOException {
    int octet = in.read();
    if (octet < 0) {
      throw new EOFException("a packet is cut off");
    }
    header[headerLength++] = (byte) octet;
    return octet;
  }

  private long number(int octets) throws IOException {
    long number = 0;
    for (int at = 0; at < octets; at++) {
      number = number << 8 | octet();
    }
    return number;
  }

  /** RFC 9580, section 4.2.1. */
  private void currentLength() throws IOException {
    int first = octet();
    partial = first >= 224 && first < 255;
    if (first < 192) {
      left = first;
    } else if (first < 224) {
      left = ((first - 192L) << 8) + octet() + 192;
    } else {
      left = partial ? 1L << (first & 0x1f) : number(4);
    }
  }

  private void requireOther(int tag) throws IOException {
    boolean known =
        switch (tag) {
          case PacketTags.MARKER, PADDING -> true;
          case PacketTags.SIGNATURE, PacketTags.ONE_PASS_SIGNATURE -> true;
          case PacketTags.PUBLIC_KEY_ENC_SESSION, PacketTags.SYMMETRIC_KEY_ENC_SESSION ->
              layer == Layer.OUTSIDE && !dataSeen;
          default -> false;
        };
    if (!known) {
      throw layer.refusal(dataSeen);
    }
    signatures += SIGNATURES.contains(tag) ? 1 : 0;
    if (partial || left > LONGEST || ++others > MOST || signatures > MOST_SIGNATURES) {
      throw new FileRefused(
          "file_malformed",
          "There is more beside the encrypted data than such a file has: packets of more than %d"
                  .formatted(LONGEST)
              + " bytes, or too many.");
    }
  }

  private void requireData(int tag) throws IOException {
    if (dataSeen) {
      throw layer.refusal(true);
    }
    dataSeen = true;
    if (partial && left < SHORTEST_FIRST_PART) {
      throw layer.refusal(false);
    }
    if (tag == PacketTags.SYM_ENC_INTEGRITY_PRO || tag == PacketTags.AEAD_ENC_DATA) {
      requireChunks(tag);
    }
  }

  private void requireChunks(int tag) throws IOException {
    if (left < 4) {
      throw new EOFException("a packet is cut off");
    }
    int version = octet();
    octet();
    octet();
    int chunk = octet();
    left -= left == TO_THE_END ? 0 : 4;
    if ((tag == PacketTags.AEAD_ENC_DATA || version != 1) && chunk > LARGEST_CHUNK) {
      throw new FileRefused("file_malformed", "The file is encrypted in chunks of over 4 MiB.");
    }
  }
}
