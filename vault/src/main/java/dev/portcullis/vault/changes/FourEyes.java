package dev.portcullis.vault.changes;

import static dev.portcullis.vault.store.Sql.instant;
import static dev.portcullis.vault.store.Sql.query;
import static dev.portcullis.vault.store.Sql.update;

import dev.portcullis.kit.Ids;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.changes.Change.State;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Changes that need two people: one proposes, another one, who sees all of it, confirms. Whoever
 * has been let in or reset only lately does neither, or one person could be both by inviting the
 * other: the rest have that long to notice (PCI DSS 3.7.6).
 */
public final class FourEyes {

  /** How long a proposal waits. */
  public static final Duration LIFE = Duration.ofDays(1);

  private static final int MOST_PENDING = 100;
  private static final int MOST_SHOWN = 100;
  private static final String COLUMNS =
      "id, action, subject, content, hash, proposed_by, proposed_at, expires, state, decided_by,"
          + " outcome";

  private final Sql sql;
  private final AuditTrail audit;
  private final Ids ids;
  private final InstantSource clock;
  private final Duration settling;
  private final Confirmations confirmations;
  private final Map<String, ChangeKind> kinds;

  /**
   * @param settling how long somebody who was let in or reset neither proposes nor confirms
   * @param confirmations vouches for what was confirmed
   * @param kinds every kind of change there is
   */
  public FourEyes(
      DataSource database,
      Ids ids,
      InstantSource clock,
      Duration settling,
      Confirmations confirmations,
      List<? extends ChangeKind> kinds) {
    this.sql = new Sql(database);
    this.audit = new AuditTrail(database, clock);
    this.ids = ids;
    this.clock = clock;
    this.settling = settling;
    this.confirmations = confirmations;
    this.kinds =
        kinds.stream().collect(Collectors.toUnmodifiableMap(ChangeKind::action, kind -> kind));
  }

  /**
   * Writes down what somebody wants to change.
   *
   * @param content all of it; never a secret
   * @throws ApiException if it could not be made, or too much waits already
   */
  public Change propose(String action, String subject, String content, String by, String address) {
    Change change = change(action, subject, content, by);
    kind(action).check(change);
    return sql.within(connection -> propose(connection, change, address)).orElseThrow();
  }

  /**
   * The same within the transaction that makes what the change is about: neither is there without
   * the other.
   *
   * @throws ApiException if its person may not, or too much waits already
   */
  public Change proposeWithin(
      Connection connection,
      String action,
      String subject,
      String content,
      String by,
      String address)
      throws SQLException {
    return propose(connection, change(action, subject, content, by), address);
  }

  private Change change(String action, String subject, String content, String by) {
    Instant now = clock.instant();
    return new Change(
        ids.next("chg"),
        action,
        subject,
        content,
        by,
        now,
        now.plus(LIFE),
        State.PENDING,
        null,
        null);
  }

  private Change propose(Connection connection, Change change, String address) throws SQLException {
    requireSettled(connection, change.proposedBy(), change.proposedAt());
    return insert(connection, change, change.proposedAt(), address);
  }

  private Change insert(Connection connection, Change change, Instant now, String address)
      throws SQLException {
    long pending =
        query(
                connection,
                "select count(*) from pending_change where state = 'pending' and expires > ?",
                row -> row.getLong(1),
                now)
            .getFirst();
    if (pending >= MOST_PENDING) {
      throw new ApiException(
          ApiErrors.badRequest(
              "Too many changes wait to be confirmed; confirm or refuse some of them first."));
    }
    update(
        connection,
        "insert into pending_change (id, action, subject, content, hash, proposed_by, proposed_at,"
            + " expires, state) values (?, ?, ?, ?, ?, ?, ?, ?, 'pending')",
        change.id(),
        change.action(),
        change.subject(),
        change.content(),
        HexFormat.of().parseHex(change.hash()),
        change.proposedBy(),
        change.proposedAt(),
        change.expires());
    record(connection, "change.proposed", change, change.proposedBy(), address);
    return change;
  }

  private void record(
      Connection connection, String action, Change change, String by, String address)
      throws SQLException {
    audit.appendWithin(
        connection,
        action,
        change.id(),
        "%s %s sha256:%s, by %s from %s"
            .formatted(change.action(), change.subject(), change.hash(), by, address));
  }

  /** The newest changes, those that wait first. */
  public List<Change> list() {
    return sql.query(
        "select "
            + COLUMNS
            + " from pending_change order by (state = 'pending' and expires > ?) desc,"
            + " proposed_at desc, id desc limit "
            + MOST_SHOWN,
        this::change,
        clock.instant());
  }

  /**
   * One change.
   *
   * @throws ApiException 404 if there is none
   */
  public Change find(String id) {
    return sql
        .query("select " + COLUMNS + " from pending_change where id = ?", this::change, id)
        .stream()
        .findFirst()
        .orElseThrow(() -> noSuch(id));
  }

  private Change change(ResultSet row) throws SQLException {
    State state = State.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
    Instant expires = instant(row, "expires");
    Change change =
        new Change(
            row.getString("id"),
            row.getString("action"),
            row.getString("subject"),
            row.getString("content"),
            row.getString("proposed_by"),
            instant(row, "proposed_at"),
            expires,
            state == State.PENDING && !clock.instant().isBefore(expires) ? State.EXPIRED : state,
            row.getString("decided_by"),
            row.getString("outcome"));
    if (!isSame(change.hash(), HexFormat.of().formatHex(row.getBytes("hash")))) {
      throw new IllegalStateException("the change " + change.id() + " is not what was proposed");
    }
    return change;
  }

  private static boolean isSame(String hash, String other) {
    return MessageDigest.isEqual(
        hash.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Makes a change that somebody else proposed. The change, its end and its entry in the trail are
   * durable together.
   *
   * @param hash the {@link Change#hash} of what the person saw
   * @throws ApiException if they may not, it waits no more, or it cannot be made any more
   */
  public Change confirm(String id, String hash, String by, String address) {
    ChangeKind kind = kind(find(id).action());
    Change applied =
        decide(
            id,
            (connection, change) -> {
              requireAnother(connection, change, by);
              if (!isSame(change.hash(), hash)) {
                throw new ApiException(
                    ApiErrors.invalid(
                        "hash", "change_hash_mismatch", "This is not the hash of that change."));
              }
              kind.check(change);
              String outcome = kind.apply(connection, change, by);
              Instant now = end(connection, change, State.APPLIED, by, outcome);
              confirmations.vouch(connection, change, by, now);
              record(connection, "change.confirmed", change, by, address);
              return change;
            });
    kind.applied();
    return find(applied.id());
  }

  /** What a change that waits would do as things stand; empty where its content says all. */
  String consequences(Change change) {
    return change.state() == State.PENDING ? kind(change.action()).consequences(change) : "";
  }

  /**
   * Why somebody cannot confirm a change, so that they need not read it first; empty if they can.
   */
  Optional<String> obstacle(Change change, String by) {
    if (change.state() != State.PENDING) {
      return Optional.of(notPending(change).error().message());
    }
    return sql.within(
        connection -> {
          try {
            requireAnother(connection, change, by);
            return null;
          } catch (ApiException e) {
            return e.error().message();
          }
        });
  }

  /**
   * Ends a change without making it: whoever administers may, also who proposed it.
   *
   * @throws ApiException if it waits no more
   */
  public Change refuse(String id, String by, String address) {
    return find(
        decide(
                id,
                (connection, change) -> {
                  kind(change.action()).refuse(connection, change);
                  end(connection, change, State.REFUSED, by, null);
                  record(connection, "change.refused", change, by, address);
                  return change;
                })
            .id());
  }

  private interface Decision {
    Change make(Connection connection, Change change) throws SQLException;
  }

  private Change decide(String id, Decision decision) {
    return sql.within(
            connection -> {
              // Locked, so that a change is made once.
              Change change =
                  query(
                          connection,
                          "select " + COLUMNS + " from pending_change where id = ? for update",
                          this::change,
                          id)
                      .stream()
                      .findFirst()
                      .orElseThrow(() -> noSuch(id));
              if (change.state() != State.PENDING) {
                throw notPending(change);
              }
              return decision.make(connection, change);
            })
        .orElseThrow();
  }

  /** When, as the database has it. */
  private Instant end(
      Connection connection, Change change, State state, String by, @Nullable String outcome)
      throws SQLException {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    update(
        connection,
        "update pending_change set state = ?, decided_by = ?, decided_at = ?, outcome = ?"
            + " where id = ?",
        state.name().toLowerCase(Locale.ROOT),
        by,
        now,
        outcome,
        change.id());
    return now;
  }

  private void requireAnother(Connection connection, Change change, String by) throws SQLException {
    if (change.proposedBy().equals(by)) {
      throw new ApiException(
          ApiErrors.forbidden("You proposed this change: somebody else confirms it.")
              .withCode("another_person_required"));
    }
    // The proposer too, as of then: somebody could have become them since.
    requireSettled(connection, change.proposedBy(), change.proposedAt());
    requireSettled(connection, by, clock.instant());
  }

  private void requireSettled(Connection connection, String person, Instant at)
      throws SQLException {
    Instant settled = at.minus(settling);
    boolean fresh =
        query(
                connection,
                "select max(used) from person_enrollment where coalesce(person, proposed_name) = ?",
                row -> Optional.ofNullable(row.getObject(1, OffsetDateTime.class)),
                person)
            .stream()
            .flatMap(Optional::stream)
            .anyMatch(enrolled -> enrolled.toInstant().isAfter(settled));
    if (fresh) {
      throw new ApiException(
          ApiErrors.forbidden(
                  "Whoever enrolled less than %s ago neither proposes changes nor confirms them."
                      .formatted(inHours(settling)))
              .withCode("enrolled_too_lately"));
    }
  }

  private static String inHours(Duration time) {
    return time.toHours() + " hours";
  }

  private ChangeKind kind(String action) {
    ChangeKind kind = kinds.get(action);
    if (kind == null) {
      throw new IllegalStateException("there is no change called " + action);
    }
    return kind;
  }

  private static ApiException notPending(Change change) {
    return new ApiException(
        ApiErrors.badRequest(
                "This change is " + change.state().name().toLowerCase(Locale.ROOT) + ".")
            .withCode("change_not_pending"));
  }

  private static ApiException noSuch(String id) {
    return new ApiException(ApiErrors.noSuch("change", id, "id"));
  }
}
