package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.key.ApiResource;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds checkout sessions. */
@Component
final class CheckoutSessions implements Resource {

  static final String LINE_ITEMS = "line_items";
  private static final int FIRST_ITEMS = 10;

  private final ObjectReader reader;
  private final Database database;

  CheckoutSessions(ObjectReader reader, Database database) {
    this.database = database;
    this.reader = reader;
  }

  Optional<CheckoutSession> find(Principal principal, String id) {
    return reader.find(CheckoutSession.TABLE, principal, id).map(CheckoutSession::of);
  }

  /**
   * How many have come by that link and have not begun to pay, counted up to a bound.
   *
   * @param most the bound
   */
  int visitors(Principal principal, String link, int most) {
    return database
        .of(principal.account())
        .sql(
            "SELECT count(*) FROM (SELECT 1 FROM checkout_sessions WHERE account = ?"
                + " AND payment_link = ? AND status = 'open' AND attempted IS NULL LIMIT ?) AS v")
        .params(principal.account(), link, most)
        .query(Integer.class)
        .single();
  }

  /** Those who have come by that link and have not begun to pay, the first of them. */
  List<CheckoutSession> oldestVisitors(Principal principal, String link, int most) {
    return database
        .of(principal.account())
        .sql(
            "SELECT id FROM checkout_sessions WHERE account = ? AND payment_link = ?"
                + " AND status = 'open' AND attempted IS NULL ORDER BY created, id LIMIT ?")
        .params(principal.account(), link, most)
        .query(String.class)
        .list()
        .stream()
        .flatMap(id -> find(principal, id).stream())
        .toList();
  }

  /**
   * How many that have come by that link are complete, counted up to a bound.
   *
   * @param most the bound
   */
  int completed(Principal principal, String link, int most) {
    return database
        .of(principal.account())
        .sql(
            "SELECT count(*) FROM (SELECT 1 FROM checkout_sessions WHERE account = ?"
                + " AND payment_link = ? AND status = 'complete' LIMIT ?) AS c")
        .params(principal.account(), link, most)
        .query(Integer.class)
        .single();
  }

  /**
   * How many have a place of that link: they are complete, or their shoppers have begun to pay;
   * counted up to a bound.
   *
   * @param most the bound
   */
  int placed(Principal principal, String link, int most) {
    return database
        .of(principal.account())
        .sql(
            "SELECT count(*) FROM (SELECT 1 FROM checkout_sessions WHERE account = ?"
                + " AND payment_link = ? AND (status = 'complete' OR attempted IS NOT NULL)"
                + " LIMIT ?) AS p")
        .params(principal.account(), link, most)
        .query(Integer.class)
        .single();
  }

  /** Open ones that have had their place of that link since then, or longer. */
  List<CheckoutSession> placedSince(Principal principal, String link, Instant until, int most) {
    return database
        .of(principal.account())
        .sql(
            "SELECT id FROM checkout_sessions WHERE account = ? AND payment_link = ?"
                + " AND status = 'open' AND attempted IS NOT NULL"
                + " AND coalesce(placed, attempted) <= ?"
                + " ORDER BY coalesce(placed, attempted), id LIMIT ?")
        .params(principal.account(), link, until.atOffset(ZoneOffset.UTC), most)
        .query(String.class)
        .list()
        .stream()
        .flatMap(id -> find(principal, id).stream())
        .toList();
  }

  @Override
  public String object() {
    return CheckoutSession.OBJECT;
  }

  @Override
  public ApiResource resource() {
    return ApiResource.CHECKOUT_SESSION;
  }

  @Override
  public Table table() {
    return CheckoutSession.TABLE;
  }

  @Override
  public Map<String, String> expandable() {
    return Map.of(
        "customer",
        "customer",
        "payment_intent",
        "payment_intent",
        "setup_intent",
        "setup_intent",
        LINE_ITEMS,
        "item");
  }

  @Override
  public Map<String, @Nullable Object> render(Stored stored) {
    return CheckoutSession.of(stored).shown();
  }

  @Override
  public Set<String> onDemand() {
    return Set.of(LINE_ITEMS);
  }

  @Override
  public Object included(Stored stored, String member) {
    CheckoutSession session = CheckoutSession.of(stored);
    String path = CheckoutSessionRoutes.PATH + "/" + session.id() + "/" + LINE_ITEMS;
    return list(session, path, 0, FIRST_ITEMS);
  }

  /**
   * A part of the session's items, as a list of the wire.
   *
   * @param path where the whole list is
   * @param from the first one, 0 or more
   * @param limit how many at most
   */
  static Map<String, @Nullable Object> list(
      CheckoutSession session, String path, int from, int limit) {
    List<Map<String, @Nullable Object>> items = session.items();
    int until = Math.min(items.size(), from + limit);
    Map<String, @Nullable Object> list = new LinkedHashMap<>();
    list.put("object", "list");
    list.put("data", items.subList(from, until));
    list.put("has_more", until < items.size());
    list.put("url", path);
    return list;
  }
}
