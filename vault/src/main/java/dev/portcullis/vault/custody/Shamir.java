package dev.portcullis.vault.custody;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Shamir's secret sharing (Communications of the ACM 22, 1979) of bytes over GF(2^8) with the
 * polynomial of AES (FIPS 197, 4.2): each byte of the secret is a random polynomial's value at 0,
 * and a share is its values at the share's index. With one share less than the threshold every
 * secret is as likely as any other.
 *
 * <p>The arithmetic has no tables and no branch that depends on a secret, so that its time and the
 * cache's lines tell nothing.
 */
final class Shamir {

  /** Indices are the field's elements other than 0. */
  static final int MOST_SHARES = 255;

  private static final int REDUCTION = 0x1b;

  private Shamir() {}

  /**
   * Parts a secret.
   *
   * @param shares how many, from the threshold to 255
   * @param threshold how many open it, 1 or more
   * @return the share of index 1, of index 2 and so on, each as long as the secret; the caller
   *     clears them
   */
  static byte[][] split(byte[] secret, int shares, int threshold, SecureRandom random) {
    if (threshold < 1 || threshold > shares || shares > MOST_SHARES) {
      throw new IllegalArgumentException("no such parts: " + threshold + " of " + shares);
    }
    byte[][] parts = new byte[shares][secret.length];
    byte[] coefficients = new byte[threshold];
    for (int at = 0; at < secret.length; at++) {
      random.nextBytes(coefficients);
      coefficients[0] = secret[at];
      for (int index = 1; index <= shares; index++) {
        parts[index - 1][at] = (byte) valueAt(coefficients, index);
      }
    }
    Arrays.fill(coefficients, (byte) 0);
    return parts;
  }

  /** Horner's rule. */
  private static int valueAt(byte[] coefficients, int x) {
    int value = 0;
    for (int degree = coefficients.length - 1; degree >= 0; degree--) {
      value = multiply(value, x) ^ (coefficients[degree] & 0xff);
    }
    return value;
  }

  /**
   * The secret from as many shares as the threshold: Lagrange's interpolation at 0. Fewer shares,
   * or wrong ones, give other bytes and no error: whoever asks must be able to tell.
   *
   * @param indices of the parts, from 1 to 255, each once
   * @return the caller clears it
   */
  static byte[] combine(int[] indices, byte[][] parts) {
    byte[] secret = new byte[parts[0].length];
    for (int own = 0; own < parts.length; own++) {
      int weight = 1;
      for (int other = 0; other < parts.length; other++) {
        if (other != own) {
          int difference = indices[own] ^ indices[other];
          if (difference == 0) {
            throw new IllegalArgumentException("an index is there twice");
          }
          weight = multiply(weight, multiply(indices[other], inverse(difference)));
        }
      }
      for (int at = 0; at < secret.length; at++) {
        secret[at] ^= (byte) multiply(parts[own][at] & 0xff, weight);
      }
    }
    return secret;
  }

  /** The product in GF(2^8); eight rounds whatever the factors. */
  static int multiply(int a, int b) {
    int product = 0;
    int shifted = a;
    for (int bit = 0; bit < 8; bit++) {
      product ^= shifted & -((b >> bit) & 1);
      int carry = -((shifted >> 7) & 1);
      shifted = ((shifted << 1) ^ (carry & REDUCTION)) & 0xff;
    }
    return product;
  }

  /** a^254, which is 1/a; 0 for 0. */
  static int inverse(int a) {
    int power = a;
    int result = 1;
    for (int bit = 1; bit < 8; bit++) {
      power = multiply(power, power);
      result = multiply(result, power);
    }
    return result;
  }
}
