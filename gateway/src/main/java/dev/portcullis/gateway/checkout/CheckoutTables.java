package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.sealing.SealedTables;
import java.util.List;
import org.springframework.stereotype.Component;

/** What checkout keeps sealed. */
@Component
final class CheckoutTables implements SealedTables {

  @Override
  public List<Table> tables() {
    return List.of(CheckoutSession.TABLE, PaymentLink.TABLE);
  }
}
