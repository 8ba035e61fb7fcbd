package dev.portcullis.gateway.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.checkout.LinkPlaces.Place;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.sealing.Seals;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.testing.TestDatabase;
import dev.portcullis.wire.key.KeyKind;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** How much is read to say whether a link has a place left. */
class LinkPlacesTest {

  private static final int LIMIT = 20_000;
  private static final int PAID = 5_000;
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private static final CheckoutSession VISITOR =
      new CheckoutSession(
          "cs_test_visitor",
          1,
          NOW,
          Map.of("id", "cs_test_visitor", "status", "open", "payment_link", "plink_1"));

  private final TestDatabase database = TestDatabase.fresh();
  private final Principal principal = new Principal("acct_1", false, "gateway", KeyKind.SECRET);
  private final DataSource connections = database.dataSource();
  private final Database rows = new Database(connections);
  private final ObjectReader reader = new ObjectReader(rows, Seals.PERSONAL, Seals.BLIND);
  private final PaymentLinks links = new PaymentLinks(reader, rows);
  private final Journal journal =
      change -> {
        throw new AssertionError("nothing is to be noted: " + change);
      };
  private final LinkPlaces places =
      new LinkPlaces(links, new CheckoutSessions(reader, rows), journal, InstantSource.fixed(NOW));

  @BeforeEach
  void fill() throws SQLException {
    database.execute(
        """
        INSERT INTO payment_links (account, livemode, id, version, created, active, doc)
        VALUES ('acct_1', false, 'plink_1', 1, now(), true,
          '{"id": "plink_1", "active": true,
            "restrictions": {"completed_sessions": {"count": %1$d, "limit": %2$d}}}');
        INSERT INTO checkout_sessions
          (account, livemode, id, version, created, status, expires, doc, payment_link)
        SELECT 'acct_1', false, 'cs_test_' || n, 1, now(), 'complete', now(), '{}', 'plink_1'
          FROM generate_series(1, %1$d) AS n;
        ANALYZE checkout_sessions;
        """
            .formatted(PAID, LIMIT));
  }

  private void note(int taken) throws SQLException {
    database.execute(
        "INSERT INTO payment_link_places (account, livemode, id, version, created, taken)"
            + " VALUES ('acct_1', false, 'plink_1', 7, now(), "
            + taken
            + ")");
  }

  /** How many sessions were looked at for that, in the table or in an index of it. */
  private long read(Runnable query) {
    JdbcClient same = JdbcClient.create(connections);
    Long read =
        new TransactionTemplate(new JdbcTransactionManager(connections))
            .execute(
                _ -> {
                  query.run();
                  return same.sql(
                          "SELECT sum(pg_stat_get_xact_tuples_returned(c)) FROM"
                              + " (SELECT indexrelid FROM pg_index"
                              + " WHERE indrelid = 'checkout_sessions'::regclass"
                              + " UNION SELECT 'checkout_sessions'::regclass) AS r (c)")
                      .query(Long.class)
                      .single();
                });
    return read == null ? -1 : read;
  }

  private Place sought() {
    return places.seek(principal, VISITOR);
  }

  @Test
  void nobodyIsCountedWhileSomeAreSurelyLeft() throws SQLException {
    note(PAID + 10);
    PaymentLink link = links.find(principal, "plink_1").orElseThrow();
    assertThat(
            read(
                () -> {
                  assertThat(sought())
                      .isInstanceOfSatisfying(
                          Place.Free.class,
                          free -> {
                            assertThat(free.after().version()).isEqualTo(8);
                            assertThat(free.after().most()).isEqualTo(PAID + 11);
                          });
                  assertThat(places.isGone(principal, VISITOR)).isFalse();
                  assertThat(places.visited(principal, link)).isSameAs(link);
                }))
        .isZero();
  }

  @Test
  void whoHasGivenUpIsFoundWhenNoneMayBeLeft() throws SQLException {
    note(LIMIT);
    assertThat(read(this::foundAnew)).isBetween((long) PAID, 2L * PAID);
  }

  @Test
  void whatNobodyTookNoteOfIsCounted() {
    foundAnew();
  }

  private void foundAnew() {
    assertThat(sought())
        .isInstanceOfSatisfying(
            Place.Free.class, free -> assertThat(free.after().most()).isEqualTo(PAID + 1));
  }
}
