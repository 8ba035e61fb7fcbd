package dev.portcullis.wire.config;

import static dev.portcullis.wire.config.Setting.duration;
import static dev.portcullis.wire.config.Setting.number;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How much of the gateway one client may use. */
final class GatewayLimitSettings {

  private static final int MOST = 1_000_000;
  private static final Duration LONGEST = Duration.ofMinutes(10);

  static final List<Setting> LIST = list();

  private GatewayLimitSettings() {}

  private static List<Setting> list() {
    List<Setting> list = new ArrayList<>();
    connections(list);
    for (String kind : List.of("payments", "writes", "reads", "lists")) {
      rates(list, kind);
    }
    list.add(
        figure(
            "limits.address.unknown-keys",
            "Keys that are none which one address may name in a second; 10 (in a sandbox 200)."));
    list.add(figure("limits.burst", "How many seconds' worth may come at once.").or("2"));
    list.add(
        duration(
                "limits.wait",
                Duration.ofMillis(1),
                LONGEST,
                "How long a request waits to begin when as many as may be are under way.")
            .or("PT2S"));
    return List.copyOf(list);
  }

  private static void connections(List<Setting> list) {
    list.add(
        number(
                "api.connections",
                16,
                100_000,
                "Connections to the API at once; more wait. No more than fit into 40 % of"
                    + " the heap: each costs 6 KB, over TLS 96 KB.")
            .or("16000"));
    list.add(
        number(
                "api.connections-per-address",
                1,
                100_000,
                "Connections at once from one address; more are closed. A proxy in front needs"
                    + " more. Where the heap bounds all connections, a quarter of them at most.")
            .or("1024"));
    list.add(
        number(
                "api.headers-at-once",
                1,
                10_000,
                "Requests whose header has begun and not ended; of more the oldest is closed.")
            .or("512"));
    time(list, "api.first-request-time", "PT20S", "From a connection to its first byte.");
    time(list, "api.header-time", "PT10S", "From a request's first byte to its header's last.");
    time(list, "api.body-time", "PT20S", "How long a body may take to come.");
    time(list, "api.exchange-time", "PT90S", "From a request's first byte to its answer's last.");
    time(list, "api.idle-time", "PT60S", "How long a connection may lie idle between requests.");
    time(
        list,
        "api.cramped-idle-time",
        "PT5S",
        "The same while four in five of all connections are taken.");
  }

  private static void time(List<Setting> list, String name, String standard, String sentence) {
    list.add(duration(name, Duration.ofMillis(50), LONGEST, sentence).or(standard));
  }

  private static void rates(List<Setting> list, String kind) {
    String live = kind.equals("lists") ? "25" : "100";
    list.add(
        figure(
            "limits.live.key." + kind,
            "Requests a second with one live key, a publishable one apart; "
                + live
                + " (in a sandbox 5000)."));
    list.add(
        figure(
            "limits.live.account." + kind,
            "The same of one account's keys; twice the figure of a key unless given."));
    list.add(
        figure("limits.test.key." + kind, "The same with one test key; 25 (in a sandbox 5000)."));
    list.add(
        figure(
            "limits.test.account." + kind,
            "The same of one account's keys; twice the figure of a key unless given."));
    list.add(
        figure(
            "limits.address." + kind,
            "Requests a second from one address with an account's publishable keys, which have no"
                + " other limit but their places; 50 (in a sandbox 1000)."));
    list.add(figure("limits.at-once." + kind, "Requests under way at once, of all."));
    list.add(
        figure(
            "limits.at-once.account." + kind,
            "The same of one account; its publishable keys have half of them at most."));
    list.add(figure("limits.waiting." + kind, "Requests that may wait to begin, of all."));
    list.add(figure("limits.waiting.account." + kind, "The same of one account."));
    list.add(
        figure(
            "limits.shed." + kind,
            "With so many changes waiting for the database, no such request is begun."));
  }

  private static Setting figure(String name, String sentence) {
    return number(name, 1, MOST, sentence);
  }
}
