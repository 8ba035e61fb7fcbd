package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.key.ApiResource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds payment links. */
@Component
final class PaymentLinks implements Resource {

  private final ObjectReader reader;

  PaymentLinks(ObjectReader reader) {
    this.reader = reader;
  }

  Optional<PaymentLink> find(Principal principal, String id) {
    return reader.find(PaymentLink.TABLE, principal, id).map(PaymentLink::of);
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
