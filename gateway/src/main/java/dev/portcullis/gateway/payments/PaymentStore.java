package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.gateway.customers.Customer;
import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.gateway.sealing.PersonalData;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Page;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.gateway.work.DueRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.stereotype.Component;

/** Reads what the payment core has stored. */
@Component
public final class PaymentStore {

  private static final Logger LOG = Logger.getLogger(PaymentStore.class.getName());

  private static final String OPERATIONS = "provider_operations";

  private static final String OPERATION_COLUMNS =
      "account, livemode, id, version, created, state, due, doc";

  private static final DueRows DUE =
      DueRows.of("provider_operations", "lane", "", OPERATION_COLUMNS);

  private static final String METHOD_AND_CUSTOMER =
      "SELECT id, livemode, version, created, doc::text, 'method' FROM payment_methods"
          + " WHERE account = ? AND livemode = ? AND id = ?"
          + " UNION ALL SELECT id, livemode, version, created, doc::text, 'customer' FROM customers"
          + " WHERE account = ? AND livemode = ? AND id = ?";

  private static final String AGREEMENT =
      "(SELECT id, livemode, version, created, network_transaction_id, 'agreement'"
          + " FROM card_agreements WHERE account = ? AND livemode = ? AND payment_method = ?"
          + " ORDER BY id DESC LIMIT 1)";

  /** So many operations that a notification could mean are looked at. */
  private static final int MOST_ALIKE = 20;

  private final ObjectReader reader;
  private final Database database;
  private final PersonalData personal;

  PaymentStore(ObjectReader reader, Database database, PersonalData personal) {
    this.reader = reader;
    this.database = database;
    this.personal = personal;
  }

  /** A payment. */
  public Optional<PaymentIntent> paymentIntent(Principal principal, String id) {
    return reader
        .find(Tables.PAYMENT_INTENTS, principal, id)
        .map(row -> PaymentIntent.read(head(principal.account(), row), Doc.parse(row.doc())));
  }

  /** A set-up. */
  public Optional<SetupIntent> setupIntent(Principal principal, String id) {
    return reader
        .find(Tables.SETUP_INTENTS, principal, id)
        .map(row -> SetupIntent.read(head(principal.account(), row), Doc.parse(row.doc())));
  }

  /** A charge. */
  public Optional<Charge> charge(Principal principal, String id) {
    return reader
        .find(Tables.CHARGES, principal, id)
        .map(row -> Charge.read(head(principal.account(), row), Doc.parse(row.doc())));
  }

  /** A refund. */
  public Optional<Refund> refund(Principal principal, String id) {
    return reader
        .find(Tables.REFUNDS, principal, id)
        .map(row -> Refund.read(head(principal.account(), row), Doc.parse(row.doc())));
  }

  /** A dispute. */
  public Optional<Dispute> dispute(Principal principal, String id) {
    return reader
        .find(Tables.DISPUTES, principal, id)
        .map(row -> Dispute.read(head(principal.account(), row), Doc.parse(row.doc())));
  }

  /** The dispute that a provider calls so. */
  Optional<Dispute> disputeOf(Principal principal, String reference) {
    return reader.findBy(Tables.DISPUTES, principal, "reference", reference).stream()
        .findFirst()
        .map(row -> Dispute.read(head(principal.account(), row), Doc.parse(row.doc())));
  }

  Page page(
      Table table, String object, Principal principal, ListQuery query, List<Filter> filters) {
    return reader.page(table, object, principal, query, filters);
  }

  static Head head(String account, Stored row) {
    return new Head(row.id(), account, row.livemode(), row.version(), row.created());
  }

  /**
   * The network's name for the newest agreement under which the card was stored, if it was and the
   * provider gave one.
   */
  Optional<String> networkTransactionId(Principal principal, String paymentMethod) {
    return database
        .of(principal.account())
        .sql(
            "SELECT network_transaction_id FROM card_agreements WHERE account = ?"
                + " AND livemode = ? AND payment_method = ? ORDER BY id DESC LIMIT 1")
        .params(principal.account(), principal.livemode(), paymentMethod)
        .query(String.class)
        .optional();
  }

  /**
   * What a payment names, in one round trip.
   *
   * @param paymentMethod an id, or null or another name where nothing is stored
   * @param agreement whether the card's agreement is wanted
   */
  Named named(
      Principal principal,
      @Nullable String paymentMethod,
      @Nullable String customer,
      boolean agreement) {
    String sql = agreement ? METHOD_AND_CUSTOMER + " UNION ALL " + AGREEMENT : METHOD_AND_CUSTOMER;
    // No id is empty.
    String method = Objects.requireNonNullElse(paymentMethod, "");
    List<Object> parameters = new ArrayList<>();
    for (String id : List.of(method, Objects.requireNonNullElse(customer, ""), method)) {
      parameters.addAll(List.of(principal.account(), principal.livemode(), id));
    }
    return database
        .of(principal.account())
        .sql(sql)
        .params(agreement ? parameters : parameters.subList(0, 6))
        .query((ResultSetExtractor<Named>) rows -> named(principal, rows));
  }

  private Named named(Principal principal, ResultSet rows) throws SQLException {
    Optional<PaymentMethod> method = Optional.empty();
    Optional<Customer> customer = Optional.empty();
    Optional<String> agreement = Optional.empty();
    String account = principal.account();
    while (rows.next()) {
      switch (rows.getString(6)) {
        case "method" ->
            method = Optional.of(PaymentMethod.of(reader.read(PaymentMethod.TABLE, account, rows)));
        case "customer" ->
            customer = Optional.of(Customer.of(reader.read(Customer.TABLE, account, rows)));
        default -> agreement = Optional.of(rows.getString(5));
      }
    }
    return new Named(
        method,
        customer.filter(each -> !each.isDeleted()).map(Customer::id).orElse(null),
        agreement);
  }

  /** A provider operation. */
  public Optional<Operation> operation(String account, String id) {
    return database
        .of(account)
        .sql(
            "SELECT "
                + OPERATION_COLUMNS
                + " FROM provider_operations WHERE account = ? AND id = ?")
        .params(account, id)
        .query(this::operation)
        .optional();
  }

  /**
   * Operations that their provider calls so, the newest first. They are read through the view:
   * under row-level security no index serves a condition on the document.
   */
  List<Operation> operationsCalled(AtProvider at, String reference) {
    return operations(
        "search.provider_operations", at, "doc->>'provider_reference' = ?", reference);
  }

  /** The operation of that id, and those that complete it, the newest first. */
  List<Operation> operationsOf(AtProvider at, String id) {
    return operations(
        OPERATIONS,
        at,
        "(id = ? OR (doc->>'of' = ? AND object ="
            + " (SELECT object FROM provider_operations WHERE account = ? AND id = ?)))",
        id,
        id,
        at.account,
        id);
  }

  /** Operations without a definite answer whose id ends so, the newest first. */
  List<Operation> openOperationsEnding(AtProvider at, String end) {
    return operations(OPERATIONS, at, "due IS NOT NULL AND right(id, ?) = ?", end.length(), end);
  }

  /** Operations of one account and mode at one of its provider accounts. */
  record AtProvider(String account, boolean livemode, String provider) {}

  private List<Operation> operations(
      String from, AtProvider at, String condition, Object... params) {
    List<Object> all = new ArrayList<>(List.of(at.account, at.livemode, at.provider));
    all.addAll(List.of(params));
    return database
        .of(at.account)
        .sql(
            "SELECT "
                + OPERATION_COLUMNS
                + " FROM "
                + from
                + " WHERE account = ? AND livemode = ?"
                + " AND coalesce(doc->>'provider', doc->>'connector') = ? AND "
                + condition
                + " ORDER BY id DESC LIMIT "
                + MOST_ALIKE)
        .params(all)
        .query(this::operation)
        .list();
  }

  /**
   * Takes operations that are due, for this process alone until the lease is over: several gateways
   * share the work, and what a dead one took comes back by itself.
   *
   * @param underWay how many of a {@link Operation#lane() lane} are worked on already
   */
  public List<Operation> claim(
      Instant now, Instant lease, int most, Map<String, Integer> underWay) {
    return DUE
        .claim(database.across(AllAccounts.RESOLVER), now, lease, most, underWay, this::readable)
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /** One row that cannot be read must not keep the others from being resolved. */
  private Optional<Operation> readable(ResultSet row, int number) throws SQLException {
    try {
      return Optional.of(operation(row, number));
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, "operation " + row.getString(3) + " cannot be read", e);
      return Optional.empty();
    }
  }

  /** An operation as somebody finds it who looks at it. */
  sealed interface Found {
    /** It can be read. */
    record Read(Operation operation) implements Found {}

    /**
     * Its document is damaged, or it is of a newer release, perhaps for a connector of that one:
     * this is what its columns say.
     *
     * @param state where it stands, in the database's words
     * @param object what it is about
     */
    record Unread(Head head, String state, String object) implements Found {}
  }

  private Found found(ResultSet row, int number) throws SQLException {
    return readable(row, number)
        .filter(read -> Connectors.find(read.connector()).isPresent())
        .<Found>map(Found.Read::new)
        .orElse(new Found.Unread(head(row), row.getString(6), row.getString(9)));
  }

  /** An operation, whether or not it can be read. */
  Optional<Found> findOperation(String account, String id) {
    return database
        .of(account)
        .sql(
            "SELECT "
                + OPERATION_COLUMNS
                + ", object FROM provider_operations WHERE account = ? AND id = ?")
        .params(account, id)
        .query(this::found)
        .optional();
  }

  /**
   * Operations of that state, which have not ended; the oldest first.
   *
   * @param after the last that was seen, or the empty text
   */
  List<Found> openOperations(
      String account, boolean livemode, Operation.State state, String after, int limit) {
    boolean parked = state == Operation.State.PARKED;
    return database
        .of(account)
        .sql(
            "SELECT "
                + OPERATION_COLUMNS
                + ", object FROM provider_operations WHERE account = ? AND livemode = ?"
                + " AND id > ? AND "
                + (parked
                    ? "state = 'parked'"
                    : "due IS NOT NULL AND state = '" + state.wire() + "'")
                + " ORDER BY id LIMIT ?")
        .params(account, livemode, after, limit)
        .query(this::found)
        .list();
  }

  /** How many operations that have not ended are in a state, and since when the oldest of them. */
  record Open(Operation.State state, long count, Instant oldest) {}

  /** What has not ended, of all accounts: a state for each in which there is anything. */
  List<Open> open() {
    return database
        .across(AllAccounts.METRICS)
        .sql(
            "SELECT state, count(*), min(created) FROM"
                + " (SELECT state, created FROM provider_operations WHERE due IS NOT NULL"
                + " UNION ALL SELECT state, created FROM provider_operations"
                + " WHERE state = 'parked' AND due IS NULL) o GROUP BY state")
        .query(
            (row, number) ->
                new Open(
                    Operation.State.of(row.getString(1)),
                    row.getLong(2),
                    row.getObject(3, OffsetDateTime.class).toInstant()))
        .list();
  }

  private static Head head(ResultSet row) throws SQLException {
    return new Head(
        row.getString(3),
        row.getString(1),
        row.getBoolean(2),
        row.getInt(4),
        row.getObject(5, OffsetDateTime.class).toInstant());
  }

  private Operation operation(ResultSet row, int number) throws SQLException {
    Head head = head(row);
    Place place =
        Place.of(
            head.account(),
            head.livemode(),
            Tables.OPERATIONS,
            Tables.OPERATIONS.column("doc"),
            head.id());
    Doc doc = Doc.parse(personal.open(place, row.getString(8)));
    OffsetDateTime due = row.getObject(7, OffsetDateTime.class);
    return Operation.read(
        head, doc, Operation.State.of(row.getString(6)), due == null ? null : due.toInstant());
  }
}
