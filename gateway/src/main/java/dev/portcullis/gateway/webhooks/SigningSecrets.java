package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.sealing.Resealing;
import dev.portcullis.gateway.sealing.Sealer;
import dev.portcullis.gateway.sealing.TableResealing;
import dev.portcullis.wire.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Seals anew what deliveries are signed with, each within its endpoint. */
@Configuration(proxyBeanMethods = false)
class SigningSecrets {

  @Bean
  Resealing webhookResealing(Database database, Sealer sealer) {
    return new TableResealing(
        database,
        WebhookEndpoint.TABLE.name(),
        List.of(
            new TableResealing.Sealed(
                "doc",
                "jsonb",
                (account, livemode, id, value) -> renewed(sealer, account, livemode, id, value))));
  }

  private static Optional<String> renewed(
      Sealer sealer, String account, boolean livemode, String id, String value) {
    Map<String, @Nullable Object> doc = Json.readObject(value);
    Place secret = EndpointKeys.secretPlace(account, livemode, id);
    Place key = EndpointKeys.keyPlace(account, livemode, id);
    boolean changed = renew(sealer, secret, SealedKeys.SECRET.current(), doc);
    changed |= renew(sealer, secret, SealedKeys.SECRET.previous(), doc);
    changed |= renew(sealer, key, SealedKeys.KEY.current(), doc);
    changed |= renew(sealer, key, SealedKeys.KEY.previous(), doc);
    return changed ? Optional.of(Json.writeString(doc)) : Optional.empty();
  }

  private static boolean renew(
      Sealer sealer, Place place, String member, Map<String, @Nullable Object> doc) {
    if (doc.get(member) instanceof String sealed) {
      Optional<String> fresh = sealer.renewed(place, sealed);
      fresh.ifPresent(value -> doc.put(member, value));
      return fresh.isPresent();
    }
    return false;
  }
}
