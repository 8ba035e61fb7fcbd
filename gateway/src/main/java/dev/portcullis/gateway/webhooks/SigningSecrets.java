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

/** Where the secrets lie that deliveries are signed with, each sealed within its endpoint. */
@Configuration(proxyBeanMethods = false)
class SigningSecrets {
  private static final String SECRET = "secret";

  static Place place(String account, boolean livemode, String id) {
    return new Place(account, livemode, "webhook_endpoint.secret", id);
  }

  @Bean
  Resealing webhookResealing(Database database, Sealer sealer) {
    return new TableResealing(
        database,
        WebhookEndpoint.TABLE.name(),
        List.of(
            new TableResealing.Sealed(
                "doc",
                "jsonb",
                (account, livemode, id, value) ->
                    renewed(sealer, place(account, livemode, id), value))));
  }

  private static Optional<String> renewed(Sealer sealer, Place place, String value) {
    Map<String, @Nullable Object> doc = Json.readObject(value);
    return doc.get(SECRET) instanceof String secret
        ? sealer
            .renewed(place, secret)
            .map(
                fresh -> {
                  doc.put(SECRET, fresh);
                  return Json.writeString(doc);
                })
        : Optional.empty();
  }
}
