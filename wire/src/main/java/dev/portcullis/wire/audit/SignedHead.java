package dev.portcullis.wire.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A signed statement of what a trail was at one moment. Whoever keeps one outside can tell later
 * that the trail's end was cut off or written anew, heads and all, which the trail itself cannot.
 *
 * <p>What it commits to is the chain's hash of the last entry, and no Merkle tree's (RFC 9162):
 * trees pay where somebody without the entries asks for short proofs about single ones. Here
 * whoever checks holds the whole trail, which names people, and reads all of it anyhow; a tree
 * would be a second commitment to the same bytes.
 *
 * @param size how many entries there were, 1 or more
 * @param at when it was signed, to the millisecond
 * @param root the last entry's hash, in hexadecimal
 * @param previous the hash of the head before this one, or zeros
 * @param key the id of the key that signed it
 * @param signature Ed25519 over all of that, in hexadecimal
 */
public record SignedHead(
    long size, Instant at, String root, String previous, String key, String signature) {

  /** What comes before the first head. */
  public static final String NONE_BEFORE = HexFormat.of().formatHex(ChainHash.start());

  /** By this it is found in a log. */
  public static final String PREFIX = "pah1.";

  private static final HexFormat HEX = HexFormat.of();
  private static final int SIGNATURE_BYTES = 64;
  private static final int SIGNED_BYTES = 2 * Long.BYTES + 3 * ChainHash.BYTES;
  private static final int BYTES = SIGNED_BYTES + SIGNATURE_BYTES;

  /** So that no signature of anything else passes for one of a head. */
  private static final byte[] CONTEXT =
      "portcullis vault audit head 1\n".getBytes(StandardCharsets.US_ASCII);

  /** Signs one. */
  public static SignedHead sign(
      long size, Instant at, String root, String previous, HeadKey key, PrivateKey secret) {
    SignedHead unsigned = new SignedHead(size, at, root, previous, key.id(), "");
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(secret);
      signature.update(CONTEXT);
      signature.update(unsigned.signed());
      return new SignedHead(size, at, root, previous, key.id(), HEX.formatHex(signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing failed", e);
    }
  }

  /**
   * Reads one; empty if it is none. The form is base64url, in which a log's redaction cannot find
   * what looks like a card number by chance.
   */
  public static Optional<SignedHead> parse(String text) {
    if (!text.startsWith(PREFIX)) {
      return Optional.empty();
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
    if (bytes.length != BYTES) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    SignedHead head =
        new SignedHead(
            in.getLong(),
            Instant.ofEpochMilli(in.getLong()),
            hex(in, ChainHash.BYTES),
            hex(in, ChainHash.BYTES),
            hex(in, ChainHash.BYTES),
            hex(in, SIGNATURE_BYTES));
    // Base64 has spare bits at its end, and one head has one form.
    return Optional.of(head).filter(read -> read.text().equals(text));
  }

  private static String hex(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return HEX.formatHex(bytes);
  }

  /** Whether that key signed it. */
  public boolean isSignedBy(HeadKey by) {
    if (!by.id().equals(key)) {
      return false;
    }
    try {
      Signature check = Signature.getInstance("Ed25519");
      check.initVerify(by.key());
      check.update(CONTEXT);
      check.update(signed());
      return check.verify(HEX.parseHex(signature));
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  /** The hash by which the next head names it. */
  public String hash() {
    try {
      return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }

  /** As it is stored, logged and carried away: one word. */
  public String text() {
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes());
  }

  private byte[] signed() {
    return ByteBuffer.allocate(SIGNED_BYTES)
        .putLong(size)
        .putLong(at.toEpochMilli())
        .put(HEX.parseHex(root))
        .put(HEX.parseHex(previous))
        .put(HEX.parseHex(key))
        .array();
  }

  private byte[] bytes() {
    return ByteBuffer.allocate(BYTES).put(signed()).put(HEX.parseHex(signature)).array();
  }
}
