package dev.portcullis.cli.conformance;

import dev.portcullis.cli.conformance.ApiDescription.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A published description beside the served one. */
public final class Comparison {

  private record Share(int have, int all) {
    static final Share NOTHING = new Share(0, 0);

    static Share of(Set<String> wanted, Set<String> have) {
      return new Share((int) wanted.stream().filter(have::contains).count(), wanted.size());
    }

    Share plus(Share other) {
      return new Share(have + other.have, all + other.all);
    }

    String percent() {
      return all == 0 ? "all" : Math.floorDiv(have * 100, all) + " %";
    }

    @Override
    public String toString() {
      return have + " of " + all;
    }
  }

  private Comparison() {}

  /** The comparison, line by line: each published operation, then the totals. */
  public static List<String> lines(
      Map<String, Operation> published, Map<String, Operation> served) {
    List<String> lines = new ArrayList<>();
    Share operations = Share.NOTHING;
    Share parameters = Share.NOTHING;
    Share fields = Share.NOTHING;
    int nulls = 0;
    int width = published.keySet().stream().mapToInt(String::length).max().orElse(0);
    for (Map.Entry<String, Operation> entry : published.entrySet()) {
      Operation wanted = entry.getValue();
      Operation have = served.get(entry.getKey());
      operations = operations.plus(new Share(have == null ? 0 : 1, 1));
      String name = entry.getKey() + " ".repeat(width - entry.getKey().length());
      if (have == null) {
        parameters = parameters.plus(new Share(0, wanted.parameters().size()));
        fields = fields.plus(new Share(0, wanted.fields().size()));
        lines.add(name + "  not served");
        continue;
      }
      Share taken = Share.of(wanted.parameters(), have.parameters());
      Share shown = Share.of(wanted.fields(), have.fields());
      int empty = Share.of(wanted.fields(), have.nulls()).have();
      parameters = parameters.plus(taken);
      fields = fields.plus(shown);
      nulls += empty;
      lines.add(
          "%s  parameters %-9s  fields %-9s%s"
              .formatted(name, taken, shown, empty == 0 ? "" : "  (" + empty + " always null)"));
    }
    lines.add("");
    lines.add("Operations served:    %s (%s)".formatted(operations, operations.percent()));
    lines.add("Parameters accepted:  %s (%s)".formatted(parameters, parameters.percent()));
    lines.add(
        "Fields produced:      %s (%s), of which %d are always null"
            .formatted(fields, fields.percent(), nulls));
    return lines;
  }
}
