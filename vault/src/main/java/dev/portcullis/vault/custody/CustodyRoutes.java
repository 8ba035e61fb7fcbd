package dev.portcullis.vault.custody;

import dev.portcullis.vault.store.StoreFailure;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.People;
import dev.portcullis.wire.people.Person;
import dev.portcullis.wire.people.Right;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The commands of custodians, and of the administrators who call them together. */
public final class CustodyRoutes {

  private static final Param SHARE = Param.string("share").max(200);
  private static final Param SHARES = Param.integer("shares").range(2, Custody.MOST_SHARES);
  private static final Param THRESHOLD = Param.integer("threshold").range(2, Custody.MOST_SHARES);
  private static final Param CUSTODIANS =
      Param.list("custodians", Param.string("custodian", People.NAME, "a person's name"));
  private static final Param CODE = Param.string("setup_code").max(100);
  private static final Param REKEY = Param.string("rekey").max(100);
  private static final Param TICKET = Param.string("ticket").max(100);

  private final Custody custody;
  private final People people;

  /** The routes over that custody; people say who the first administrator may be. */
  public CustodyRoutes(Custody custody, People people) {
    this.custody = custody;
    this.people = people;
  }

  /** All of them. */
  public List<AdminRoute> routes() {
    String v1 = "/admin/v1/custody";
    return List.of(
        AdminRoute.open(v1 + "/status", Shape.NONE, _ -> custodyTree()),
        AdminRoute.open(v1 + "/shares", Shape.of(SHARE.required()), this::give),
        AdminRoute.open(
            v1 + "/first",
            Shape.of(CODE.required(), SHARES.required(), THRESHOLD.required()),
            this::first),
        AdminRoute.post(
            v1 + "/keys",
            Right.MANAGE_CUSTODY,
            Shape.of(CUSTODIANS.required(), THRESHOLD.required()),
            request -> begin(request, custody.rekeying()::make)),
        AdminRoute.open(v1 + "/confirm", Shape.of(TICKET.required()), this::confirm),
        AdminRoute.post(v1 + "/seal", Right.MANAGE_CUSTODY, Shape.NONE, this::seal),
        AdminRoute.post(
            v1 + "/rekey",
            Right.MANAGE_CUSTODY,
            Shape.of(CUSTODIANS.required(), THRESHOLD.required()),
            request -> begin(request, custody.rekeying()::begin)),
        AdminRoute.post(v1 + "/rekey/status", Right.SIGNED_IN, Shape.NONE, _ -> rekeyTree()),
        AdminRoute.post(
            v1 + "/rekey/cancel",
            Right.MANAGE_CUSTODY,
            Shape.of(REKEY.required()),
            this::cancelRekey),
        // In any role: a share is what a custodian has, wherever they stand.
        AdminRoute.post(
            v1 + "/rekey/shares",
            Right.SIGNED_IN,
            Shape.of(REKEY.required(), SHARE.required()),
            this::giveForRekey),
        AdminRoute.post(v1 + "/rekey/take", Right.SIGNED_IN, Shape.NONE, this::take),
        AdminRoute.post(
            v1 + "/rekey/received", Right.SIGNED_IN, Shape.of(TICKET.required()), this::received));
  }

  /** What a use case does with the database. */
  private interface Work<T> {
    T run() throws SQLException;
  }

  private static <T> T run(Work<T> work) {
    try {
      return work.run();
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  /**
   * How everything stands; no secret.
   *
   * @throws StoreFailure if the database cannot be reached
   */
  public Map<String, @Nullable Object> custodyTree() {
    List<Map<String, @Nullable Object>> keys = new ArrayList<>();
    run(custody::standings).forEach(standing -> keys.add(tree(standing)));
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "custody");
    tree.put("sealed", custody.isSealed());
    tree.put("keys", keys);
    tree.put("rekey_shares_missing", custody.rekeying().missing());
    return tree;
  }

  private static Map<String, @Nullable Object> tree(Custody.Standing standing) {
    SealedKey key = standing.key();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("name", standing.name());
    tree.put("initialised", key != null);
    tree.put("open", standing.open());
    tree.put("set", key == null ? null : key.set());
    tree.put("shares", key == null ? null : key.shares());
    tree.put("threshold", key == null ? null : key.threshold());
    tree.put("given", new ArrayList<>(new TreeSet<>(standing.given())));
    return tree;
  }

  private Map<String, @Nullable Object> give(AdminRequest request) {
    boolean counts =
        run(() -> custody.give(request.arguments().requiredString("share"), request.address()));
    Map<String, @Nullable Object> tree = custodyTree();
    tree.put("repeated", !counts);
    return tree;
  }

  /** While nobody can be signed in, whoever may become the first administrator may do this too. */
  private Map<String, @Nullable Object> first(AdminRequest request) {
    people.requireSetup(request.arguments().requiredString("setup_code"), request.address());
    Custody.Actor by = new Custody.Actor("the first administrator", request.address());
    return handOut(run(() -> custody.create(shares(request), threshold(request), by)));
  }

  private Map<String, @Nullable Object> confirm(AdminRequest request) {
    run(() -> custody.confirm(request.arguments().requiredString("ticket")));
    return custodyTree();
  }

  private Map<String, @Nullable Object> seal(AdminRequest request) {
    run(
        () -> {
          custody.seal(actor(request));
          return true;
        });
    return custodyTree();
  }

  /** How shares are begun that people take. */
  private interface Beginning {
    Rekey.About by(List<String> custodians, int threshold, Custody.Actor by) throws SQLException;
  }

  private Map<String, @Nullable Object> begin(AdminRequest request, Beginning beginning) {
    List<String> custodians = request.arguments().strings("custodians");
    requireCustodians(custodians);
    run(() -> beginning.by(custodians, threshold(request), actor(request)));
    return rekeyTree();
  }

  /** A share for nobody, or two for one, would part the key otherwise than it says. */
  private void requireCustodians(List<String> custodians) {
    if (custodians.size() > Custody.MOST_SHARES
        || Set.copyOf(custodians).size() < custodians.size()) {
      throw CustodyErrors.badCustodians("Name at most 20 custodians, each once.");
    }
    Set<String> active =
        people.list().stream()
            .filter(person -> person.status() == Person.Status.ACTIVE)
            .map(Person::name)
            .collect(Collectors.toSet());
    for (String custodian : custodians) {
      if (!active.contains(custodian)) {
        throw CustodyErrors.badCustodians(
            "There is nobody enrolled with the name " + ApiErrors.shown(custodian) + ".");
      }
    }
  }

  private Map<String, @Nullable Object> cancelRekey(AdminRequest request) {
    run(
        () -> {
          custody.rekeying().cancel(request.arguments().requiredString("rekey"), actor(request));
          return true;
        });
    return rekeyTree();
  }

  private Map<String, @Nullable Object> giveForRekey(AdminRequest request) {
    run(
        () -> {
          custody
              .rekeying()
              .give(
                  request.arguments().requiredString("rekey"),
                  request.arguments().requiredString("share"),
                  actor(request));
          return true;
        });
    return rekeyTree();
  }

  private Map<String, @Nullable Object> take(AdminRequest request) {
    return handOut(run(() -> custody.rekeying().take(actor(request))));
  }

  private Map<String, @Nullable Object> received(AdminRequest request) {
    run(
        () -> {
          custody.rekeying().received(request.arguments().requiredString("ticket"), actor(request));
          return true;
        });
    return rekeyTree();
  }

  /** For those who are signed in: names are in it. */
  private Map<String, @Nullable Object> rekeyTree() {
    Map<String, @Nullable Object> tree = custodyTree();
    tree.put("rekey", run(custody.rekeying()::underWay).map(CustodyRoutes::tree).orElse(null));
    tree.put("rekey_waits_for", new ArrayList<>(new TreeSet<>(custody.rekeying().waitsFor())));
    return tree;
  }

  private static Map<String, @Nullable Object> tree(Rekey.About about) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("id", about.id());
    tree.put("custodians", about.custodians());
    tree.put("threshold", about.threshold());
    tree.put("begun_by", about.by());
    tree.put("begun", about.begun().getEpochSecond());
    return tree;
  }

  private static Map<String, @Nullable Object> handOut(HandOut made) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "custody.shares");
    tree.put("name", made.key().name());
    tree.put("set", made.key().set());
    tree.put("threshold", made.key().threshold());
    tree.put("ticket", made.ticket());
    tree.put("shares", made.shares().stream().map(Share::line).toList());
    return tree;
  }

  private static Custody.Actor actor(AdminRequest request) {
    return new Custody.Actor(request.session().person(), request.address());
  }

  private static int shares(AdminRequest request) {
    return Math.toIntExact(request.arguments().requiredInteger("shares"));
  }

  private static int threshold(AdminRequest request) {
    return Math.toIntExact(request.arguments().requiredInteger("threshold"));
  }
}
