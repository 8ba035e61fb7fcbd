package dev.portcullis.gateway.versions;

import dev.portcullis.wire.params.ParamTree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All changes between the oldest version and the newest, and how an answer or a request passes. */
public final class VersionGates {

  /** The newest first: an answer passes them in this order, a request in the other one. */
  private static final List<VersionGate> ALL =
      List.of(
          new CheckoutUiModes(),
          new InvoiceMembers(),
          new ReleasedAmounts(),
          new CheckoutShipping(),
          new CaptureMethodDefault());

  private VersionGates() {}

  /** A change, for a person. */
  public record Described(String since, String description) {}

  /** What changed, the newest first. */
  public static List<Described> described() {
    return ALL.stream()
        .map(gate -> new Described(gate.since().toString(), gate.description()))
        .toList();
  }

  static List<VersionGate> all() {
    return ALL;
  }

  private static List<VersionGate> between(Version version) {
    return version.date().isBefore(ALL.getFirst().since())
        ? ALL.stream().filter(gate -> version.isBefore(gate.since())).toList()
        : List.of();
  }

  /**
   * A tree of the newest version as an older one shows it: every object in it, but none of what an
   * event holds, which has a version of its own.
   *
   * @return the tree itself if nothing changed since, else a copy
   */
  public static Map<String, @Nullable Object> render(
      Version version, Map<String, @Nullable Object> tree) {
    List<VersionGate> gates = between(version);
    return gates.isEmpty() ? tree : object(gates, tree);
  }

  private static Map<String, @Nullable Object> object(List<VersionGate> gates, Map<?, ?> tree) {
    boolean event = "event".equals(tree.get("object"));
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    tree.forEach(
        (name, value) -> copy.put((String) name, event ? value : member(gates, name, value)));
    if (!event && copy.get("object") instanceof String type) {
      gates.forEach(gate -> gate.before(type, copy));
    }
    return copy;
  }

  private static @Nullable Object member(
      List<VersionGate> gates, @Nullable Object name, @Nullable Object value) {
    // The names in metadata are the client's: one of them may be "object".
    if ("metadata".equals(name)) {
      return value;
    }
    return switch (value) {
      case Map<?, ?> map -> object(gates, map);
      case List<?> list -> {
        List<@Nullable Object> items = new ArrayList<>(list.size());
        list.forEach(item -> items.add(member(gates, null, item)));
        yield items;
      }
      case null, default -> value;
    };
  }

  /**
   * A request of an older version in the words of the newest.
   *
   * @param operation method and path of the route: {@code POST /v1/payment_intents}
   */
  public static ParamTree read(Version version, String operation, ParamTree sent) {
    List<VersionGate> oldestFirst = new ArrayList<>(between(version));
    Collections.reverse(oldestFirst);
    ParamTree meant = sent;
    for (VersionGate gate : oldestFirst) {
      meant = gate.after(operation, meant);
    }
    return meant;
  }
}
