package dev.portcullis.simulator.authorizenet;

import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Transaction Details API: one transaction, and those that have not settled. */
final class Lists {
  private static final int MOST_SEEN = 10_000;
  private static final long MOST_LISTED = 1_000;

  private final View view;

  Lists(Desk desk) {
    this.view = new View(desk);
  }

  Map<String, @Nullable Object> details(String id) {
    Operation found =
        view.find(id)
            .orElseThrow(() -> new Refused(200, "E00040", "The record cannot be found.", null));
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("transaction", view.details(found));
    return body;
  }

  Map<String, @Nullable Object> unsettled(Tree request) {
    List<Operation> all = view.newest(MOST_SEEN).stream().filter(view::isUnsettled).toList();
    boolean descending =
        request.at("sorting").isAbsent() || request.at("sorting", "orderDescending").isTrue();
    long limit = number(request.at("paging", "limit"), MOST_LISTED);
    long offset = number(request.at("paging", "offset"), 1);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put(
        "transactions",
        (descending ? all : all.reversed())
            .stream().skip((offset - 1) * limit).limit(limit).map(view::summary).toList());
    body.put("totalNumInResultSet", (long) all.size());
    return body;
  }

  private static long number(Tree at, long usual) {
    if (at.isAbsent()) {
      return usual;
    }
    Long given = at.number();
    if (given == null || given < 1 || given > MOST_LISTED) {
      throw new Refused(200, "E00013", "Paging is invalid.", null);
    }
    return given;
  }
}
