package dev.portcullis.gateway.sealing;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes values findable without showing them: a keyed hash (HMAC-SHA-256) of the value. Whoever has
 * the database alone can neither read them nor check a guess; equal values of one account and
 * column are seen to be equal.
 *
 * <p>Its key never changes: what was written under another one would not be found again.
 */
public final class BlindIndex {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int MIN_KEY_BYTES = 32;

  private final Mac prototype;

  /**
   * @param key at least 32 bytes
   * @throws IllegalArgumentException if it is shorter
   */
  public BlindIndex(Secret key, SecretAccess access) {
    byte[] bytes = key.revealBytes(access);
    try {
      if (bytes.length < MIN_KEY_BYTES) {
        throw new IllegalArgumentException("it must have at least " + MIN_KEY_BYTES + " bytes");
      }
      prototype = Mac.getInstance(ALGORITHM);
      prototype.init(new SecretKeySpec(bytes, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no " + ALGORITHM, e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /**
   * What stands for that value in that column: 32 hexadecimal digits.
   *
   * @param column the table and the column, so that two columns' values cannot be compared
   */
  public String value(String account, String column, String value) {
    Mac mac = mac();
    for (String part : new String[] {account, column, value}) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      mac.update(bytes);
    }
    return HexFormat.of().formatHex(mac.doFinal(), 0, 16);
  }

  /**
   * What stands for search terms.
   *
   * @param terms numbers of 64 bits as PostgreSQL writes an array: {@code {1,-2}}
   */
  public String terms(String terms) {
    String inner = terms.substring(1, terms.length() - 1);
    if (inner.isEmpty()) {
      return terms;
    }
    return Arrays.stream(inner.split(",", -1))
        .map(term -> Long.toString(term(Long.parseLong(term.strip()))))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private long term(long term) {
    return ByteBuffer.wrap(mac().doFinal(ByteBuffer.allocate(Long.BYTES).putLong(term).array()))
        .getLong();
  }

  private Mac mac() {
    try {
      return (Mac) prototype.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's MAC cannot be copied", e);
    }
  }
}
