package dev.portcullis.gateway.limits;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** How much is allowed; each figure has a key in the configuration (docs/CONFIGURATION.md). */
final class LimitSettings {

  /** In a sandbox there is one merchant, on his own machine, who tests. */
  private static final int SANDBOX_RATE = 5_000;

  private static final int SANDBOX_ADDRESS_RATE = 1_000;
  private static final int MOST = 1_000_000;

  /** Whose bucket. */
  enum Holder {
    KEY,
    ACCOUNT,
    ADDRESS
  }

  private record Rate(Holder holder, boolean livemode, RouteClass kind) {}

  /**
   * How many at once.
   *
   * @param running under way at the same time
   * @param waiting that may wait to begin
   */
  record AtOnce(int running, int waiting) {}

  private final Map<Rate, Integer> rates = new HashMap<>();
  private final Map<RouteClass, AtOnce> atOnce = new HashMap<>();
  private final Map<RouteClass, AtOnce> atOnceOfAccount = new HashMap<>();
  private final Map<RouteClass, Integer> shed = new HashMap<>();
  private final int unknownKeys;
  private final int burst;
  private final Duration wait;

  /**
   * Reads the configuration.
   *
   * @param sandbox whether the figures that are not given are a sandbox's
   * @param config the value of a key, which is of the kind that the key has
   */
  LimitSettings(boolean sandbox, Function<String, Optional<String>> config) {
    for (RouteClass kind : RouteClass.values()) {
      String name = kind.wire();
      for (boolean live : new boolean[] {true, false}) {
        int key = sandbox ? SANDBOX_RATE : defaultRate(live, kind);
        String mode = "limits." + (live ? "live" : "test");
        rates.put(new Rate(Holder.KEY, live, kind), number(config, mode + ".key." + name, key));
        rates.put(
            new Rate(Holder.ACCOUNT, live, kind),
            number(config, mode + ".account." + name, key * 2));
        rates.put(
            new Rate(Holder.ADDRESS, live, kind),
            number(config, "limits.address." + name, sandbox ? SANDBOX_ADDRESS_RATE : 50));
      }
      AtOnce all = defaultAtOnce(kind);
      AtOnce one = defaultAtOnceOfAccount(kind);
      atOnce.put(kind, atOnce(config, name, all));
      atOnceOfAccount.put(kind, atOnce(config, "account." + name, one));
      shed.put(kind, number(config, "limits.shed." + name, defaultShed(kind)));
    }
    unknownKeys = number(config, "limits.address.unknown-keys", sandbox ? 200 : 10);
    burst = number(config, "limits.burst", 2);
    wait = config.apply("limits.wait").map(Duration::parse).orElse(Duration.ofSeconds(2));
  }

  private static int defaultRate(boolean live, RouteClass kind) {
    return live && kind != RouteClass.LISTS ? 100 : 25;
  }

  /**
   * Reads and lists share a pool of sixteen connections with the payments: together they never hold
   * all of them. A payment holds none while its provider thinks, so many can be under way.
   */
  private static AtOnce defaultAtOnce(RouteClass kind) {
    return switch (kind) {
      case PAYMENTS -> new AtOnce(2_048, 256);
      case WRITES -> new AtOnce(128, 256);
      case READS -> new AtOnce(8, 512);
      case LISTS -> new AtOnce(4, 128);
    };
  }

  /** Less than all, so that no account can take everything; half for what is slow. */
  private static AtOnce defaultAtOnceOfAccount(RouteClass kind) {
    return switch (kind) {
      case PAYMENTS -> new AtOnce(1_024, 128);
      case WRITES -> new AtOnce(64, 128);
      case READS -> new AtOnce(6, 256);
      case LISTS -> new AtOnce(2, 64);
    };
  }

  /** Payments are never given up for others. */
  private static int defaultShed(RouteClass kind) {
    return switch (kind) {
      case PAYMENTS -> MOST;
      case WRITES -> 1_024;
      case READS -> 512;
      case LISTS -> 128;
    };
  }

  private static AtOnce atOnce(
      Function<String, Optional<String>> config, String name, AtOnce otherwise) {
    return new AtOnce(
        number(config, "limits.at-once." + name, otherwise.running),
        number(config, "limits.waiting." + name, otherwise.waiting));
  }

  private static int number(Function<String, Optional<String>> config, String key, int otherwise) {
    return config.apply(key).map(Integer::parseInt).orElse(otherwise);
  }

  /** Requests a second. */
  int rate(Holder holder, boolean livemode, RouteClass kind) {
    return rates.getOrDefault(new Rate(holder, livemode, kind), 1);
  }

  /** Unknown keys a second from one address. */
  int unknownKeys() {
    return unknownKeys;
  }

  /** How many seconds' worth a bucket holds. */
  int burst() {
    return burst;
  }

  /** Requests of the class under way, and waiting. */
  AtOnce atOnce(RouteClass kind) {
    return atOnce.getOrDefault(kind, new AtOnce(1, 1));
  }

  /** The same of one account. */
  AtOnce atOnceOfAccount(RouteClass kind) {
    return atOnceOfAccount.getOrDefault(kind, new AtOnce(1, 1));
  }

  /** From how many waiting changes on the class is not begun. */
  int shed(RouteClass kind) {
    return shed.getOrDefault(kind, MOST);
  }

  /** How long a request waits to begin. */
  Duration longestWait() {
    return wait;
  }
}
