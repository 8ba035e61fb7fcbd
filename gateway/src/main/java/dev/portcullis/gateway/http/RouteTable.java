package dev.portcullis.gateway.http;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All routes as a tree of path segments: a match costs a look-up for each segment. */
final class RouteTable {

  /** What a request's line leads to. */
  sealed interface Match {
    /** A route, with the path's variables. */
    record Found(Route route, Map<String, String> variables) implements Match {}

    /** The path is there, with other methods. */
    record OtherMethods(Set<Method> allowed) implements Match {}

    /** There is nothing. */
    record Nothing() implements Match {}
  }

  private static final class Node {
    final Map<String, Node> fixed = new HashMap<>();
    @Nullable Node variable;
    String variableName = "";
    final Map<Method, Route> routes = new EnumMap<>(Method.class);
  }

  private final Node root = new Node();
  private final List<Route> all;

  /**
   * @throws IllegalArgumentException if two routes have the same method and path
   */
  RouteTable(List<? extends Routes> features) {
    List<Route> routes = new ArrayList<>();
    features.forEach(feature -> routes.addAll(feature.routes()));
    routes.forEach(this::add);
    all = List.copyOf(routes);
  }

  private void add(Route route) {
    Node node = root;
    for (String segment : segments(route.path())) {
      if (segment.startsWith("{")) {
        if (node.variable == null) {
          node.variable = new Node();
          node.variableName = segment.substring(1, segment.length() - 1);
        }
        node = node.variable;
      } else {
        node = node.fixed.computeIfAbsent(segment, _ -> new Node());
      }
    }
    if (node.routes.put(route.method(), route) != null) {
      throw new IllegalArgumentException(route.method() + " " + route.path() + " is there twice");
    }
  }

  /** Every route, for the tests that walk over them. */
  List<Route> all() {
    return all;
  }

  /** Finds the route; the path is as it stands in the request's line, not decoded. */
  Match match(String method, String path) {
    Node node = root;
    Map<String, String> variables = new LinkedHashMap<>();
    for (String segment : segments(path)) {
      Node fixed = node.fixed.get(segment);
      if (fixed != null) {
        node = fixed;
      } else if (node.variable != null && isPlain(segment)) {
        variables.put(node.variableName, segment);
        node = node.variable;
      } else {
        return new Match.Nothing();
      }
    }
    for (Map.Entry<Method, Route> entry : node.routes.entrySet()) {
      if (entry.getKey().name().equals(method)) {
        return new Match.Found(entry.getValue(), variables);
      }
    }
    return node.routes.isEmpty()
        ? new Match.Nothing()
        : new Match.OtherMethods(node.routes.keySet());
  }

  private static String[] segments(String path) {
    return (path.startsWith("/") ? path.substring(1) : path).split("/", -1);
  }

  /** Ids need no escapes, so a segment with one is no id of ours. */
  private static boolean isPlain(String segment) {
    if (segment.isEmpty() || segment.length() > 255) {
      return false;
    }
    for (int at = 0; at < segment.length(); at++) {
      char c = segment.charAt(at);
      boolean plain = Character.isLetterOrDigit(c) || c == '_' || c == '-';
      if (!plain || c > 'z') {
        return false;
      }
    }
    return true;
  }
}
