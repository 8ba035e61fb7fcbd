package dev.portcullis.gateway.limits;

import java.util.List;
import java.util.Locale;

/** Routes that cost alike and matter alike. The order is that in which they are given up last. */
public enum RouteClass {
  /** What moves money or makes ready to. */
  PAYMENTS,
  /** Every other change. */
  WRITES,
  /** One object by its id. */
  READS,
  /** Lists and searches: each may read a hundred objects. */
  LISTS;

  private static final List<String> PAYMENT_PATHS =
      List.of("/v1/payment_intents", "/v1/setup_intents", "/v1/refunds");

  /**
   * The class of a route.
   *
   * @param path the route's pattern
   * @param list whether it answers with a list
   */
  public static RouteClass of(String method, String path, boolean list) {
    if (method.equals("GET")) {
      return list ? LISTS : READS;
    }
    return PAYMENT_PATHS.stream().anyMatch(path::startsWith) ? PAYMENTS : WRITES;
  }

  /** Its name in the configuration and in metrics. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
