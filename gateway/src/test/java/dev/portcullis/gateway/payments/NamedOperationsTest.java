package dev.portcullis.gateway.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.payments.PaymentStore.AtProvider;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.gateway.sealing.Seals;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.testing.RowsRead;
import dev.portcullis.gateway.testing.TestDatabase;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a notification is about is found among all that an account ever did. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NamedOperationsTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final int OPERATIONS = 20_000;
  private static final AtProvider AT = new AtProvider("acct_1", false, "shop");

  private final TestDatabase database = TestDatabase.fresh();
  private final RowsRead read = new RowsRead(database);
  private final PaymentStore store = on(read.rows());

  private static PaymentStore on(Database rows) {
    return new PaymentStore(
        new ObjectReader(rows, Seals.PERSONAL, Seals.BLIND), rows, Seals.PERSONAL);
  }

  @BeforeAll
  void fill() {
    JdbcClient jdbc = JdbcClient.create(database.everything());
    for (String account : List.of("acct_1", "acct_2")) {
      int written =
          jdbc.sql(
                  "INSERT INTO provider_operations (account, livemode, id, version, created,"
                      + " object, state, due, doc) SELECT ?, false, 'op_' || lpad(i::text, 8, '0'),"
                      + " 1, now(), 're_' || i, 'done', NULL, ?::jsonb || jsonb_build_object("
                      + "'provider_reference', 'ref_' || i) FROM generate_series(1, ?) i")
              .params(account, Json.writeString(doc()), OPERATIONS)
              .update();
      assertThat(written).isEqualTo(OPERATIONS);
    }
    jdbc.sql("ANALYZE provider_operations").update();
  }

  private static Map<String, @Nullable Object> doc() {
    return new Operation(
            Head.fresh("op_1", "acct_1", false, NOW),
            new Attempt(
                new ProviderOperation.Refund("op_1", "ref_0", Money.of(100, "usd")),
                Way.to(new Provider("shop", "stripe")),
                "refund",
                "re_1",
                "ch_1",
                Map.of(),
                false),
            Exchange.request("{}"),
            new Operation.Sending(Operation.State.DONE, null, 1, 0, NOW),
            null)
        .doc();
  }

  private void costsLittle(Function<PaymentStore, List<Operation>> look) {
    List<Operation> found = new ArrayList<>();
    long rows = read.during(() -> found.addAll(look.apply(store)));
    assertThat(found).extracting(each -> each.head().id()).containsExactly("op_00017000");
    assertThat(found).extracting(each -> each.head().account()).containsExactly("acct_1");
    assertThat(rows).as("rows and entries that were read").isLessThan(100);
  }

  @Test
  void byTheProvidersNameForIt() {
    costsLittle(each -> each.operationsCalled(AT, "ref_17000"));
  }

  @Test
  void byItsOwnId() {
    costsLittle(each -> each.operationsOf(AT, "op_00017000"));
  }
}
