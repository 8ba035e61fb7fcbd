package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.key.ApiResource;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds payment links. */
@Component
final class PaymentLinks implements Resource {

  private final ObjectReader reader;
  private final Database database;

  PaymentLinks(ObjectReader reader, Database database) {
    this.reader = reader;
    this.database = database;
  }

  Optional<PaymentLink> find(Principal principal, String id) {
    return reader.find(PaymentLink.TABLE, principal, id).map(PaymentLink::of);
  }

  /** What is noted of the link's places; empty if nothing is. */
  Optional<TakenPlaces> taken(Principal principal, String link) {
    return database
        .of(principal.account())
        .sql(
            "SELECT version, created, taken FROM payment_link_places"
                + " WHERE account = ? AND livemode = ? AND id = ?")
        .params(principal.account(), principal.livemode(), link)
        .query(
            (row, _) ->
                new TakenPlaces(
                    link,
                    row.getInt(1),
                    row.getObject(2, OffsetDateTime.class).toInstant(),
                    row.getInt(3)))
        .optional();
  }

  @Override
  public String object() {
    return PaymentLink.OBJECT;
  }

  @Override
  public ApiResource resource() {
    return ApiResource.PAYMENT_LINK;
  }

  @Override
  public Table table() {
    return PaymentLink.TABLE;
  }

  @Override
  public Map<String, String> expandable() {
    return Map.of();
  }

  @Override
  public Map<String, @Nullable Object> render(Stored stored) {
    return PaymentLink.of(stored).shown();
  }
}
