package dev.portcullis.gateway.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Sender;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.GroupCommitJournal;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.ledger.Bookkeeper;
import dev.portcullis.gateway.ledger.FeeSchedule;
import dev.portcullis.gateway.testing.TestDatabase;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.Shape;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The balance as the clock goes on. */
class BalanceRoutesTest {

  private static final Instant TAKEN = Instant.parse("2026-03-01T10:00:00Z");
  private static final Principal PRINCIPAL =
      new Principal("acct_1", false, "key_1", KeyKind.SECRET);

  private final TestDatabase database = TestDatabase.fresh();
  private final AtomicReference<Instant> now = new AtomicReference<>(TAKEN);
  private final BalanceRoutes routes = new BalanceRoutes(database.rows(), now::get);

  @Test
  void what_was_taken_is_pending_until_the_provider_lets_it_go() {
    book("acct_1", books("txn_1").charge("ch_1", Money.of(1_999, "usd"), null));
    book("acct_1", books("txn_2").charge("ch_2", Money.of(1_000, "jpy"), null));
    book("acct_1", books("txn_3").refund("re_1", Money.of(500, "usd"), null));
    book("acct_2", books("txn_1").charge("ch_3", Money.of(7, "usd"), null));
    assertThat(amounts("available")).isEqualTo(Map.of("jpy", 0L, "usd", -500L));
    assertThat(amounts("pending")).isEqualTo(Map.of("jpy", 941L, "usd", 1_911L));
    now.set(Instant.parse("2026-03-02T23:59:59Z"));
    assertThat(amounts("pending")).isEqualTo(Map.of("jpy", 941L, "usd", 1_911L));
    now.set(Instant.parse("2026-03-03T00:00:00Z"));
    assertThat(amounts("available")).isEqualTo(Map.of("jpy", 941L, "usd", 1_411L));
    assertThat(amounts("pending")).isEqualTo(Map.of("jpy", 0L, "usd", 0L));
  }

  @Test
  void what_was_booked_before_lines_had_times_is_available() {
    assertThat(
            JdbcClient.create(database.everything())
                .sql(
                    "INSERT INTO ledger_lines (account, livemode, id, version, created,"
                        + " ledger_account, currency, amount, source)"
                        + " VALUES ('acct_1', false, 'txn_0.1', 1, now(), 'merchant_balance',"
                        + " 'usd', -42, 'ch_0')")
                .update())
        .isEqualTo(1);
    assertThat(amounts("available")).isEqualTo(Map.of("usd", 42L));
  }

  private static Bookkeeper books(String id) {
    return new Bookkeeper(id, TAKEN, FeeSchedule.SANDBOX);
  }

  private void book(String account, BalanceTransaction booking) {
    try (GroupCommitJournal journal =
        new GroupCommitJournal(database.dataSource(), GroupCommitJournal.Settings.DEFAULT)) {
      Change.Builder change = Change.in(account, false);
      booking.book(change);
      assertThat(journal.commit(change.build())).isInstanceOf(Verdict.Committed.class);
    }
  }

  private Map<Object, Object> amounts(String member) {
    Route balance =
        routes.routes().stream()
            .filter(r -> r.path().equals("/v1/balance"))
            .findFirst()
            .orElseThrow();
    ApiRequest request =
        new ApiRequest(
            PRINCIPAL,
            "req_1",
            Map.of(),
            Shape.NONE.read(ParamTree.EMPTY),
            List.of(),
            Optional.empty(),
            Sender.at("127.0.0.1"));
    Object funds = balance.handler().handle(request).body().get(member);
    Map<Object, Object> amounts = new java.util.TreeMap<>();
    for (Object each : (List<?>) java.util.Objects.requireNonNull(funds)) {
      Map<?, ?> fund = (Map<?, ?>) each;
      amounts.put(text(fund.get("currency")), java.util.Objects.requireNonNull(fund.get("amount")));
    }
    return amounts;
  }

  private static Object text(@Nullable Object value) {
    return java.util.Objects.requireNonNull(value);
  }
}
