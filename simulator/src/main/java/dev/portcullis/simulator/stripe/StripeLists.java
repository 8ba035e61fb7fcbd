package dev.portcullis.simulator.stripe;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lists of objects, the newest first. */
final class StripeLists {

  /** So far back is looked; older objects are known by their ids only. */
  private static final int MOST_LOOKED_AT = 20_000;

  private final Desk desk;

  StripeLists(Desk desk) {
    this.desk = desk;
  }

  /**
   * A page.
   *
   * @param object what an operation is in the list, or null if it is not in it
   */
  Answer answer(
      String url, Tree query, Function<Operation, @Nullable Map<String, @Nullable Object>> object) {
    Long asked = query.at("limit").isAbsent() ? Long.valueOf(10) : query.at("limit").number();
    if (asked == null || asked < 1 || asked > 100) {
      throw StripeErrors.invalid("parameter_invalid_integer", "limit", "From 1 to 100.");
    }
    String after = query.at("starting_after").text();
    boolean begun = after == null;
    List<Map<String, @Nullable Object>> data = new ArrayList<>();
    int size = desk.books().size();
    for (int number = size - 1; number >= Math.max(0, size - MOST_LOOKED_AT); number--) {
      Map<String, @Nullable Object> found = desk.books().at(number).map(object).orElse(null);
      if (found != null && begun) {
        if (data.size() == asked) {
          return new Answer(200, StripeObjects.list(url, data, true));
        }
        data.add(found);
      }
      begun |= found != null && found.get("id") instanceof String id && id.equals(after);
    }
    return new Answer(200, StripeObjects.list(url, data, false));
  }
}
