package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.tls.TlsProbe;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.ServerNames;
import java.net.URI;
import java.nio.file.Files;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tls}: exit code 0 when every listener is as it should be, 1 otherwise. */
@Command(
    name = "tls",
    description = {
      "Shake hands with every listener of the running instance and say what it takes: versions,"
          + " suites, certificate, days left.",
      "These are both public origins, the vault's internal listener, both zones' administration,"
          + " the simulated provider and its shopper pages, and the management listeners, each at"
          + " the address where it is bound, whatever edge stands before it. The"
          + " database that comes along is not among them: it listens on loopback without TLS."
    })
final class TlsCommand implements Callable<Integer> {

  private static final String LOOPBACK = "127.0.0.1";

  /** What this product's own certificates are for. */
  private static final String LOCALHOST = "localhost";

  private static final List<String> MODERN = List.of("TLSv1.3", "TLSv1.2");

  @Mixin private HomeOption home = new HomeOption();

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /**
   * A listener.
   *
   * @param host where it is bound
   * @param name whom its clients expect there, whatever stands before it
   * @param secret whether it must speak TLS
   * @param mutual whether it asks for a certificate, as the gateway has one
   */
  private record Listener(
      String label, String host, int port, String name, boolean secret, boolean mutual) {

    static Listener secret(String label, int port) {
      return new Listener(label, LOOPBACK, port, LOCALHOST, true, false);
    }

    static Listener plain(String label, int port) {
      return new Listener(label, LOOPBACK, port, LOCALHOST, false, false);
    }
  }

  @Override
  public Integer call() {
    Home place = home.home();
    // At once: a listener that says nothing to what it does not know keeps each question waiting.
    List<CompletableFuture<Map<String, @Nullable Object>>> looks = new ArrayList<>();
    for (Listener listener : listeners(place)) {
      looks.add(
          CompletableFuture.supplyAsync(
              () -> look(place, listener), task -> Thread.ofVirtual().start(task)));
    }
    List<Map<String, @Nullable Object>> seen = new ArrayList<>();
    for (CompletableFuture<Map<String, @Nullable Object>> each : looks) {
      seen.add(joined(each));
    }
    boolean well = seen.stream().allMatch(one -> Boolean.TRUE.equals(one.get("well")));
    if (json) {
      print(Json.writeString(Map.of("well", well, "listeners", seen)));
    } else {
      seen.forEach(this::row);
    }
    return well ? 0 : 1;
  }

  private static <T> T joined(CompletableFuture<T> work) {
    try {
      return work.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static List<Listener> listeners(Home home) {
    InstanceState state = InstanceState.running(home);
    Ports ports = state.ports();
    URI api = URI.create(String.valueOf(state.facts().get("api")));
    URI cards = URI.create(String.valueOf(state.facts().get("cards")));
    boolean simulator = state.processes().containsKey(Zone.SIMULATOR.label());
    Stream<Listener> zones =
        Stream.of(
            origin("api", home, Zone.GATEWAY, api, ports.api()),
            origin("cards", home, Zone.VAULT, cards, ports.cards()),
            new Listener("vault internal", LOOPBACK, ports.vaultInternal(), LOCALHOST, true, true),
            Listener.secret("gateway administration", ports.gatewayAdmin()),
            Listener.secret("vault administration", ports.vaultAdmin()),
            Listener.plain("gateway management", ports.gatewayManagement()),
            Listener.plain("vault management", ports.vaultManagement()));
    Stream<Listener> simulated =
        Stream.of(
            Listener.secret("simulated provider", ports.provider()),
            Listener.plain("shopper pages", ports.shopper()),
            Listener.plain("simulator management", ports.simulatorManagement()));
    return Stream.concat(zones, simulator ? simulated : Stream.empty()).toList();
  }

  /**
   * A public origin, where it is bound: its URL may lead to an edge, which is not looked at. In a
   * live home it shows the owner's certificate, otherwise its own.
   */
  private static Listener origin(String label, Home home, Zone zone, URI url, int port) {
    Map<String, String> settings =
        Files.exists(home.properties(zone))
            ? ZoneConfig.read(home.properties(zone))
            : Map.of(label + ".tls.certificate", "https".equals(url.getScheme()) ? "its own" : "");
    String host = settings.getOrDefault(label + ".host", LOOPBACK);
    return new Listener(
        label,
        host.equals("0.0.0.0") || host.equals("::") ? LOOPBACK : host,
        port,
        Files.exists(home.liveNote())
            ? settings.getOrDefault(label + ".tls.name", url.getHost())
            : LOCALHOST,
        !settings.getOrDefault(label + ".tls.certificate", "").isBlank(),
        false);
  }

  private static Map<String, @Nullable Object> look(Home home, Listener listener) {
    PemIdentity identity =
        listener.mutual()
            ? PemIdentity.load(
                home.tls(Zone.GATEWAY, "gateway.pem"), home.tls(Zone.GATEWAY, "gateway.key"))
            : null;
    TlsProbe.Seen seen =
        new TlsProbe(identity, listener.name()).look(listener.host(), listener.port());
    Map<String, @Nullable Object> one = new LinkedHashMap<>();
    one.put("listener", listener.label());
    one.put("address", listener.host() + ":" + listener.port());
    one.put("reachable", seen.reachable());
    one.put("tls", !seen.suites().isEmpty());
    one.put("suites", new LinkedHashMap<String, @Nullable Object>(seen.suites()));
    one.put("renegotiates", seen.renegotiates());
    long days = seen.certificate().map(TlsCommand::days).orElse(Long.MAX_VALUE);
    seen.certificate()
        .ifPresent(
            certificate -> {
              one.put("certificate", certificate.getSubjectX500Principal().getName());
              one.put("issuer", certificate.getIssuerX500Principal().getName());
              one.put("days_left", days);
              one.put("expected_name", listener.name());
              one.put("names", ServerNames.shown(certificate));
              one.put("named", ServerNames.covers(certificate, listener.name()));
              // RFC 5280, 4.2.2.1: where the authority would be asked for its revocation.
              one.put(
                  "names_responder", certificate.getExtensionValue("1.3.6.1.5.5.7.1.1") != null);
            });
    one.put("well", isWell(listener, seen, days));
    return one;
  }

  private static long days(X509Certificate certificate) {
    return Duration.between(Clock.systemUTC().instant(), certificate.getNotAfter().toInstant())
        .toDays();
  }

  private static boolean isWell(Listener listener, TlsProbe.Seen seen, long days) {
    return seen.reachable()
        && (!seen.suites().isEmpty() || !listener.secret())
        && MODERN.containsAll(seen.suites().keySet())
        && seen.suites().values().stream().flatMap(List::stream).allMatch(TlsCommand::isStrong)
        && !seen.renegotiates()
        && seen.certificate().stream().allMatch(one -> ServerNames.covers(one, listener.name()))
        && days >= 7;
  }

  private static boolean isStrong(String suite) {
    boolean sealed = suite.contains("_GCM_") || suite.contains("_CHACHA20_POLY1305_");
    return sealed && (suite.startsWith("TLS_ECDHE_") || !suite.contains("_WITH_"));
  }

  private void row(Map<String, @Nullable Object> one) {
    print("%-22s %-22s %s".formatted(one.get("listener"), one.get("address"), verdict(one)));
    if (one.get("suites") instanceof Map<?, ?> suites) {
      suites.forEach((version, taken) -> print("  %-18s %s".formatted(version, taken)));
    }
    if (Boolean.TRUE.equals(one.get("renegotiates"))) {
      print("  a client may renegotiate");
    }
  }

  private static String verdict(Map<String, @Nullable Object> one) {
    boolean well = Boolean.TRUE.equals(one.get("well"));
    if (!Boolean.TRUE.equals(one.get("reachable"))) {
      return "WRONG  not reachable";
    }
    if (!Boolean.TRUE.equals(one.get("tls"))) {
      return well ? "plain HTTP" : "WRONG  no TLS";
    }
    return "%s  %s for %s, %s days left"
        .formatted(
            well ? "well" : "WRONG",
            one.get("certificate"),
            Boolean.TRUE.equals(one.get("named"))
                ? one.get("expected_name")
                : one.get("names") + " and not for " + one.get("expected_name"),
            one.get("days_left"));
  }

  private void print(String text) {
    if (spec != null) {
      spec.commandLine().getOut().println(text);
      spec.commandLine().getOut().flush();
    }
  }
}
