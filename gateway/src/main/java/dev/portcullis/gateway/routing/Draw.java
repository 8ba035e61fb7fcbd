package dev.portcullis.gateway.routing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.SplittableRandom;

/**
 * Chance that comes from a payment's id alone: the same payment draws the same wherever and however
 * often it is asked, and so does a replay. Each name has a draw of its own, so that a provider that
 * is added or left out does not move the others.
 */
final class Draw {

  private static final double UNIT = 0x1.0p-53;

  private Draw() {}

  /** A number above 0 and below 1. */
  static double uniform(String payment, String purpose, String name) {
    return ((seed(payment, purpose, name) >>> 11) + 0.5) * UNIT;
  }

  /**
   * A rank by which names come first in the ratio of their weights: the smallest exponential
   * variate of that rate wins (weighted rendezvous hashing), whoever else takes part.
   *
   * @param weight more than 0
   */
  static double rank(String payment, String purpose, String name, long weight) {
    return -StrictMath.log(uniform(payment, purpose, name)) / weight;
  }

  /**
   * A draw from the beta distribution with these parameters.
   *
   * @param successes 1 or more
   * @param failures 1 or more
   */
  static double beta(
      String payment, String purpose, String name, double successes, double failures) {
    SplittableRandom random = new SplittableRandom(seed(payment, purpose, name));
    double x = gamma(random, successes);
    double y = gamma(random, failures);
    return x / (x + y);
  }

  /** Marsaglia and Tsang, "A simple method for generating gamma variables" (2000), shape >= 1. */
  private static double gamma(SplittableRandom random, double shape) {
    double d = shape - 1.0 / 3;
    double c = 1 / StrictMath.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double cube = 1 + c * x;
      double v = cube * cube * cube;
      double u = 1 - random.nextDouble();
      if (v > 0 && StrictMath.log(u) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
        return d * v;
      }
    }
  }

  private static long seed(String payment, String purpose, String name) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : new String[] {payment, purpose, name}) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
      }
      return ByteBuffer.wrap(digest.digest()).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
