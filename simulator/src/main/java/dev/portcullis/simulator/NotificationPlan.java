package dev.portcullis.simulator;

import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a provider's notifications go, and how well.
 *
 * @param url whoever is notified: on this machine
 * @param secret what they are signed with
 * @param twice the share that is sent twice, 0 to 1
 * @param late the share that is sent late, 0 to 1
 * @param delayMillis how late, in the simulator's time
 */
record NotificationPlan(URI url, byte[] secret, double twice, double late, long delayMillis) {
  private static final Set<String> NAMES = Set.of("url", "secret", "twice", "late", "delay_ms");
  private static final long MOST_MILLIS = 30L * 86_400_000;

  /**
   * Reads the control API's form.
   *
   * @throws Refused naming the member that is wrong
   */
  static NotificationPlan read(Map<String, @Nullable Object> body) {
    Fields fields = Fields.of(body).only(NAMES);
    URI url = URI.create(fields.webAddress("url"));
    requireLoopback(url);
    long delay = body.get("delay_ms") == null ? 0 : fields.amount("delay_ms", 0);
    if (delay > MOST_MILLIS) {
      throw Refused.invalid("delay_ms", "Thirty days are the most.");
    }
    return new NotificationPlan(
        url,
        fields.text("secret").getBytes(StandardCharsets.UTF_8),
        share("twice", body.get("twice")),
        share("late", body.get("late")),
        delay);
  }

  /**
   * Each one, once and at once.
   *
   * @throws Refused naming {@code url} if it is no address of this machine
   */
  static NotificationPlan always(String url, byte[] secret) {
    URI there = URI.create(Fields.of(Map.of("url", url)).webAddress("url"));
    requireLoopback(there);
    return new NotificationPlan(there, secret, 0, 0, 0);
  }

  /** What it tells is pretended, so it tells nobody else. */
  private static void requireLoopback(URI url) {
    try {
      if (InetAddress.getByName(url.getHost()).isLoopbackAddress()) {
        return;
      }
    } catch (UnknownHostException e) {
      throw Refused.invalid("url", "There is no such host.");
    }
    throw Refused.invalid("url", "An address of this machine is needed.");
  }

  private static double share(String name, @Nullable Object value) {
    double share =
        switch (value) {
          case null -> 0.0;
          case Long whole -> whole.doubleValue();
          case BigDecimal decimal -> decimal.doubleValue();
          default -> -1.0;
        };
    if (share < 0 || share > 1) {
      throw Refused.invalid(name, "A number from 0 to 1 is needed.");
    }
    return share;
  }
}
