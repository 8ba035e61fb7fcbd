package dev.portcullis.cli.conformance;

import dev.portcullis.cli.conformance.ApiDescription.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A published description beside the served one. Members of a kind that is not served, such as the
 * hash of another way to pay, are counted for themselves.
 */
public final class Comparison {

  private record Share(int have, int all, int otherKinds) {
    static final Share NOTHING = new Share(0, 0, 0);

    /** What is served of what is wanted. */
    static Share of(Set<String> wanted, Set<String> kinds, Set<String> have) {
      Set<String> others = others(wanted, kinds, have);
      int served = (int) wanted.stream().filter(have::contains).count();
      return new Share(served, wanted.size() - others.size(), others.size());
    }

    Share plus(Share more) {
      return new Share(have + more.have, all + more.all, otherKinds + more.otherKinds);
    }

    String percent() {
      return all == 0 ? "all" : Math.floorDiv(have * 100, all) + " %";
    }

    String inLine() {
      return this + (otherKinds == 0 ? "" : " (+" + otherKinds + ")");
    }

    @Override
    public String toString() {
      return have + " of " + all;
    }
  }

  private Comparison() {}

  private static Set<String> others(Set<String> wanted, Set<String> kinds, Set<String> have) {
    Set<String> others = new TreeSet<>(wanted);
    others.retainAll(kinds);
    others.removeAll(have);
    return others;
  }

  /**
   * The comparison, line by line: each published operation, then the totals.
   *
   * @param missing whether to name what is missing under each operation
   */
  public static List<String> lines(
      Map<String, Operation> published, Map<String, Operation> served, boolean missing) {
    List<String> lines = new ArrayList<>();
    Share operations = Share.NOTHING;
    Share parameters = Share.NOTHING;
    Share fields = Share.NOTHING;
    int nulls = 0;
    int width = published.keySet().stream().mapToInt(String::length).max().orElse(0);
    for (Map.Entry<String, Operation> entry : published.entrySet()) {
      Operation wanted = entry.getValue();
      Operation have = served.getOrDefault(entry.getKey(), Operation.NONE);
      boolean there = served.containsKey(entry.getKey());
      Share taken = Share.of(wanted.parameters(), wanted.parameterKinds(), have.parameters());
      Share shown = Share.of(wanted.fields(), wanted.fieldKinds(), have.fields());
      int empty = Share.of(wanted.fields(), Set.of(), have.nulls()).have();
      operations = operations.plus(new Share(there ? 1 : 0, 1, 0));
      parameters = parameters.plus(taken);
      fields = fields.plus(shown);
      nulls += empty;
      String name = entry.getKey() + " ".repeat(width - entry.getKey().length());
      lines.add(there ? line(name, taken, shown, empty) : name + "  not served");
      if (missing && there) {
        name(lines, "parameters", wanted.parameters(), wanted.parameterKinds(), have.parameters());
        name(lines, "fields", wanted.fields(), wanted.fieldKinds(), have.fields());
      }
    }
    lines.add("");
    lines.add("Operations served:    %s (%s)".formatted(operations, operations.percent()));
    lines.add("Parameters accepted:  %s (%s)".formatted(parameters, parameters.percent()));
    lines.add(
        "Fields produced:      %s (%s), of which %d are always null"
            .formatted(fields, fields.percent(), nulls));
    lines.add(
        "Not counted:          %d parameters and %d fields of other ways to pay"
            .formatted(parameters.otherKinds(), fields.otherKinds()));
    return lines;
  }

  private static String line(String name, Share taken, Share shown, int empty) {
    return "%s  parameters %-14s  fields %-14s%s"
        .formatted(
            name, taken.inLine(), shown.inLine(), empty == 0 ? "" : "  (" + empty + " always null)")
        .stripTrailing();
  }

  private static void name(
      List<String> lines, String what, Set<String> wanted, Set<String> kinds, Set<String> have) {
    Set<String> missing = new TreeSet<>(wanted);
    missing.removeAll(have);
    missing.removeAll(others(wanted, kinds, have));
    if (!missing.isEmpty()) {
      lines.add("    missing " + what + ": " + String.join(", ", missing));
    }
  }
}
