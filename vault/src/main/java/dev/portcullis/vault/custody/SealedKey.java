package dev.portcullis.vault.custody;

import com.google.crypto.tink.subtle.AesGcmJce;
import dev.portcullis.wire.error.ApiException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * A master key that its custodians' shares open, as it is stored: encrypted under a key that is
 * nowhere but in the shares. Each share's hash lies beside it, so that a wrong share is told at
 * once and from too few; a share has 256 random bits, which no hash gives away.
 *
 * @param name the key's name, which stays when the shares change
 * @param set the id of the shares' set
 * @param shares how many there are
 * @param threshold how many of them open it
 * @param verifiers a hash of each share, 32 bytes each, in the order of their indices
 * @param sealed the master key, AES-256-GCM, bound to all of the above
 */
record SealedKey(
    String name, String set, int shares, int threshold, byte[] verifiers, byte[] sealed) {

  private static final int KEY_BYTES = 32;
  private static final int HASH_BYTES = 32;

  /**
   * A key with its new shares, which are kept nowhere.
   *
   * @param key to be stored
   * @param shares one for each custodian
   */
  record WithShares(SealedKey key, List<Share> shares) {
    @Override
    public String toString() {
      return "WithShares[" + key.name() + "]";
    }
  }

  /**
   * Lets no terms past under which somebody opens the key alone, or nobody can.
   *
   * @throws ApiException 400 if these are such
   */
  static void requireThreshold(int shares, int threshold) {
    if (threshold < 2 || threshold > shares) {
      throw CustodyErrors.badThreshold();
    }
  }

  /** As the audit trail says it. */
  static String terms(int shares, int threshold) {
    return threshold + " of " + shares + " shares";
  }

  /** A new master key. */
  static WithShares create(String name, int shares, int threshold, SecureRandom random) {
    byte[] master = new byte[KEY_BYTES];
    random.nextBytes(master);
    try {
      return seal(name, master, shares, threshold, random);
    } finally {
      Arrays.fill(master, (byte) 0);
    }
  }

  /** The same master key under new shares; the array stays the caller's, who clears it. */
  static WithShares seal(
      String name, byte[] master, int shares, int threshold, SecureRandom random) {
    byte[] id = new byte[Share.SET_BYTES];
    random.nextBytes(id);
    String set = Share.setId(id);
    byte[] guard = new byte[KEY_BYTES];
    random.nextBytes(guard);
    byte[][] parts = Shamir.split(guard, shares, threshold, random);
    try {
      List<Share> handed = new ArrayList<>();
      byte[] verifiers = new byte[shares * HASH_BYTES];
      for (int index = 1; index <= shares; index++) {
        byte[] part = parts[index - 1];
        handed.add(Share.of(set, index, threshold, part));
        System.arraycopy(
            verifier(set, index, part), 0, verifiers, (index - 1) * HASH_BYTES, HASH_BYTES);
      }
      byte[] sealed =
          new AesGcmJce(guard).encrypt(master, context(name, set, shares, threshold, verifiers));
      return new WithShares(
          new SealedKey(name, set, shares, threshold, verifiers, sealed), List.copyOf(handed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no AES-256-GCM", e);
    } finally {
      Arrays.fill(guard, (byte) 0);
      for (byte[] part : parts) {
        Arrays.fill(part, (byte) 0);
      }
    }
  }

  /** Whether the share is one of those that were handed out for this key. */
  boolean accepts(Share share) {
    if (!share.set().equals(set) || share.index() > shares) {
      return false;
    }
    byte[] value = share.value();
    try {
      int from = (share.index() - 1) * HASH_BYTES;
      return MessageDigest.isEqual(
          verifier(set, share.index(), value),
          Arrays.copyOfRange(verifiers, from, from + HASH_BYTES));
    } finally {
      Arrays.fill(value, (byte) 0);
    }
  }

  /**
   * The master key; the caller clears it.
   *
   * @param parts the accepted shares' values by their indices, as many as the threshold
   * @throws GeneralSecurityException if what is stored was changed
   */
  byte[] open(SortedMap<Integer, byte[]> parts) throws GeneralSecurityException {
    if (parts.size() != threshold) {
      throw new IllegalArgumentException("not as many shares as the threshold");
    }
    byte[] guard =
        Shamir.combine(
            parts.keySet().stream().mapToInt(Integer::intValue).toArray(),
            parts.entrySet().stream().map(Map.Entry::getValue).toArray(byte[][]::new));
    try {
      return new AesGcmJce(guard).decrypt(sealed, context(name, set, shares, threshold, verifiers));
    } finally {
      Arrays.fill(guard, (byte) 0);
    }
  }

  private static byte[] context(
      String name, String set, int shares, int threshold, byte[] verifiers) {
    return sha256(
        String.join(
            "\0",
            "portcullis sealed master key",
            name,
            set,
            Integer.toString(shares),
            Integer.toString(threshold)),
        verifiers);
  }

  private static byte[] verifier(String set, int index, byte[] value) {
    return sha256(String.join("\0", "portcullis share verifier", set, "" + index), value);
  }

  private static byte[] sha256(String text, byte[] rest) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(text.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      return digest.digest(rest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /** Nothing of the bytes. */
  @Override
  public String toString() {
    return "SealedKey[" + name + ", " + set + ", " + threshold + " of " + shares + "]";
  }
}
