package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.gateway.sealing.Seals;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.work.ClaimsByLane;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.util.Map;

/** Operations have a lane for each provider account. */
class DueOperationsTest extends ClaimsByLane {

  private static final String ACCOUNT = "acct_any";

  DueOperationsTest() {
    super("provider_operations");
  }

  private static Operation operation(String account) {
    return new Operation(
        Head.fresh("op_1", account, false, NOW),
        new Attempt(
            new ProviderOperation.Refund("op_1", "ref_1", Money.of(100, "usd")),
            Way.to(new Provider("shop", "stripe")),
            "refund",
            "re_1",
            "ch_1",
            Map.of(),
            false),
        Exchange.request("{}"),
        new Operation.Sending(Operation.State.SENT, NOW, 1, 0, NOW),
        null);
  }

  @Override
  protected Source on(Database rows) {
    PaymentStore store =
        new PaymentStore(new ObjectReader(rows, Seals.PERSONAL, Seals.BLIND), rows, Seals.PERSONAL);
    return (now, lease, most, underWay) ->
        store.claim(now, lease, most, underWay).stream().map(Operation::lane).toList();
  }

  @Override
  protected String lane(String account) {
    return operation(account).lane();
  }

  @Override
  protected String insert() {
    String doc = Json.writeString(operation(ACCOUNT).doc());
    return "INSERT INTO provider_operations (account, livemode, id, version, created, object,"
        + " state, due, doc) SELECT p.account, false, 'op_' || lpad(i::text, 8, '0'), 1,"
        + " now(), 're_1', 'sent', p.due + i * interval '1 millisecond', '"
        + doc
        + "' FROM (SELECT ?::text AS account, ?::timestamptz AS due) p, generate_series(1, ?) i";
  }
}
