package dev.portcullis.cli.connectors;

import dev.portcullis.connectors.spi.AmountRules;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.connectors.spi.Manifest.Currencies;
import dev.portcullis.connectors.spi.Manifest.Idempotency;
import dev.portcullis.connectors.spi.Manifest.LookupPower;
import dev.portcullis.connectors.spi.OperationFeed;
import dev.portcullis.connectors.spi.ProviderSetup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a connector's manifest says, as a tree and as lines for a person. */
final class ManifestReport {

  private ManifestReport() {}

  /** The tree that {@code --json} prints. */
  static Map<String, @Nullable Object> tree(Connector connector) {
    Manifest manifest = connector.manifest();
    ProviderSetup setup = manifest.setup();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "connector");
    tree.put("name", manifest.name());
    tree.put("documentation", setup.documentation().toString());
    tree.put("test", origin(setup.test()));
    tree.put("live", origin(setup.live()));
    tree.put(
        "secrets",
        setup.secrets().stream()
            .map(need -> Map.of("name", need.name(), "what", need.what(), "where", need.where()))
            .toList());
    tree.put(
        "parameters",
        setup.parameters().stream()
            .map(
                each ->
                    Map.of(
                        "name", each.name(),
                        "what", each.what(),
                        "where", each.where(),
                        "form", each.form().pattern()))
            .toList());
    tree.put("currencies", currencies(manifest.currencies()));
    tree.put("amounts", amounts(manifest.amounts()));
    tree.put("idempotency", idempotency(manifest.idempotency()));
    tree.put("lookup", lookup(manifest.lookup()));
    tree.put("features", features(connector));
    tree.put("notifications", setup.notifications());
    return tree;
  }

  /** One line of the list. */
  static String line(Connector connector) {
    Manifest manifest = connector.manifest();
    ProviderSetup setup = manifest.setup();
    return "%-14s  %-9s  %-14s  %s"
        .formatted(
            manifest.name(),
            (setup.test() == null ? "" : "test ") + (setup.live() == null ? "" : "live"),
            switch (manifest.currencies()) {
              case Currencies.All _ -> "all";
              case Currencies.Only only -> only.currencies().size() + " currencies";
            },
            setup.documentation());
  }

  /** All of it, for a person. */
  static List<String> lines(Connector connector) {
    Manifest manifest = connector.manifest();
    ProviderSetup setup = manifest.setup();
    List<String> lines = new ArrayList<>();
    lines.add(manifest.name());
    lines.add("  documentation  " + setup.documentation());
    lines.add("  test           " + said(origin(setup.test())));
    lines.add("  live           " + said(origin(setup.live())));
    lines.add("  currencies     " + currencies(manifest.currencies()));
    lines.add("  amounts        " + amounts(manifest.amounts()));
    lines.add("  sent twice     " + idempotency(manifest.idempotency()));
    lines.add("  looked up      " + lookup(manifest.lookup()));
    lines.add("  notifications  " + said(setup.notifications()));
    lines.add("  can            " + String.join(", ", features(connector)));
    lines.add("  secrets" + (setup.secrets().isEmpty() ? "        none" : ""));
    for (ProviderSetup.SecretNeed need : setup.secrets()) {
      lines.add("    " + need.name() + ": " + need.what());
      lines.add("      " + need.where());
    }
    lines.add("  parameters" + (setup.parameters().isEmpty() ? "     none" : ""));
    for (ProviderSetup.Parameter parameter : setup.parameters()) {
      lines.add("    " + parameter.name() + ": " + parameter.what());
      lines.add("      " + parameter.where() + "; form " + parameter.form().pattern());
    }
    return lines;
  }

  private static String said(@Nullable String text) {
    return text == null ? "none" : text;
  }

  private static @Nullable String origin(ProviderSetup.@Nullable Host host) {
    return host == null ? null : host.origin() + host.base();
  }

  private static String currencies(Currencies currencies) {
    return switch (currencies) {
      case Currencies.All _ -> "whatever ISO 4217 names";
      case Currencies.Only only ->
          String.join(" ", only.currencies().stream().map(each -> each.code()).sorted().toList());
    };
  }

  private static String amounts(AmountRules rules) {
    List<String> said = new ArrayList<>();
    said.add(
        rules.largest() == Long.MAX_VALUE
            ? "no largest amount"
            : "at most " + rules.largest() + " of its minor units");
    if (!rules.steps().isEmpty()) {
      said.add("in steps (" + pairs(rules.steps()) + ")");
    }
    if (!rules.exponents().isEmpty()) {
      said.add("other decimals (" + pairs(rules.exponents()) + ")");
    }
    return String.join(", ", said);
  }

  private static String pairs(Map<String, ?> map) {
    return String.join(
        ", ",
        new TreeMap<>(map).entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
  }

  private static String idempotency(Idempotency idempotency) {
    return switch (idempotency) {
      case Idempotency.None _ -> "does it again: nothing is sent twice";
      case Idempotency.Key key -> "gives the first answer again for " + time(key.life());
      case Idempotency.DuplicateWindow window ->
          "refuses what looks like a duplicate for " + time(window.window());
    };
  }

  private static String lookup(LookupPower lookup) {
    return switch (lookup) {
      case LookupPower.None _ -> "not at all: notifications and resends are all there is";
      case LookupPower.ByReference _ ->
          "by its own reference: not an authorization whose answer was lost";
      case LookupPower.Strong _ -> "by our id, and what is not found did not happen";
      case LookupPower.Lagging lagging ->
          "by our id; what is not found proves something after " + time(lagging.lag());
    };
  }

  private static String time(Duration duration) {
    return duration.toMinutes() % 60 == 0
        ? duration.toHours() + " h"
        : duration.toMinutes() + " min";
  }

  private static List<String> features(Connector connector) {
    List<String> features = new ArrayList<>();
    connector.manifest().features().stream()
        .sorted()
        .forEach(each -> features.add(each.name().toLowerCase(Locale.ROOT)));
    if (connector instanceof DisputeFeed) {
      features.add("dispute_feed");
    }
    if (connector instanceof OperationFeed) {
      features.add("operation_feed");
    }
    return features;
  }
}
