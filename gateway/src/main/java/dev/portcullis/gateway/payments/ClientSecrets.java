package dev.portcullis.gateway.payments;

import dev.portcullis.kit.Base62;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Client secrets: an intent's id with a keyed hash of it. They are not stored, so that a copy of
 * the database gives none away. And the keyed hashes in the addresses of shoppers' returns.
 */
public final class ClientSecrets {

  private static final int BYTES = 18;

  private final SecretKeySpec key;

  /**
   * @param key 16 bytes or more
   */
  public ClientSecrets(byte[] key) {
    if (key.length < 16) {
      throw new IllegalArgumentException("the client secret key has at least 16 bytes");
    }
    this.key = new SecretKeySpec(key, "HmacSHA256");
  }

  /** The client secret of that intent. */
  public String of(String id) {
    return id + "_secret_" + hash(id);
  }

  /**
   * What the address has to hold at which the shopper returns from that operation's challenge. The
   * operation's id stands in logs; this does not.
   */
  String ofReturn(String account, String operation) {
    // No intent's id has a space in it: this is never the hash of one.
    return hash("return " + account + " " + operation);
  }

  /** Whether that is the hash of the operation's return; compared in constant time. */
  boolean matchesReturn(String account, String operation, String presented) {
    return MessageDigest.isEqual(
        ofReturn(account, operation).getBytes(StandardCharsets.UTF_8),
        presented.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What the address of a hosted page has to hold; the object's id stands in logs, this does not.
   */
  public String ofPage(String account, String object) {
    return hash("page " + account + " " + object);
  }

  /** Whether that is the hash of the object's hosted page; compared in constant time. */
  public boolean matchesPage(String account, String object, String presented) {
    return MessageDigest.isEqual(
        ofPage(account, object).getBytes(StandardCharsets.UTF_8),
        presented.getBytes(StandardCharsets.UTF_8));
  }

  private String hash(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      byte[] hash = mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
      return Base62.encode(Arrays.copyOf(hash, BYTES));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("the JDK has no HMAC-SHA256", e);
    }
  }

  /** Whether that is the intent's client secret; compared in constant time. */
  public boolean matches(String id, String presented) {
    return MessageDigest.isEqual(
        of(id).getBytes(StandardCharsets.UTF_8), presented.getBytes(StandardCharsets.UTF_8));
  }
}
