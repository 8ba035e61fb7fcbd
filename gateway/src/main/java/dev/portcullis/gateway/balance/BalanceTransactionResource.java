package dev.portcullis.gateway.balance;

import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.key.ApiResource;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** A balance transaction in place of its id; whether it is available depends on when one looks. */
@Component
final class BalanceTransactionResource implements Resource {

  static final String OBJECT = "balance_transaction";

  private final InstantSource clock;

  BalanceTransactionResource(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String object() {
    return OBJECT;
  }

  @Override
  public ApiResource resource() {
    return ApiResource.BALANCE_TRANSACTION;
  }

  @Override
  public Table table() {
    return BalanceTransaction.TABLE;
  }

  @Override
  public Map<String, String> expandable() {
    return Map.of("source", "charge|refund|dispute");
  }

  @Override
  public Map<String, @Nullable Object> render(Stored stored) {
    return BalanceTransaction.read(stored).render(clock.instant());
  }
}
