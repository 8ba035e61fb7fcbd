package dev.portcullis.gateway.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.sealing.Seals;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an alert shows, and what of it lies open in the database. */
class AlertsTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private static Map<String, String> shown(Scope.Kind kind, String value, @Nullable String net) {
    Scope scope = new Scope("acct_a", true, kind, value);
    return Alerts.shown(new Observer.Change(scope, Watch.calm(NOW), Watch.calm(NOW), net));
  }

  @Test
  void an_address_is_counted_by_its_hash_and_shown_under_a_name_that_is_sealed() {
    Attempt.Address address = Attempt.Address.of(Seals.BLIND, "acct_a", "203.0.113.77");
    assertThat(address.hash()).hasSize(32).doesNotContain("203").isEqualTo(address.toString());
    assertThat(Attempt.Address.of(Seals.BLIND, "acct_b", "203.0.113.77").hash())
        .isNotEqualTo(address.hash());
    Map<String, String> shown = shown(Scope.Kind.ADDRESS, address.hash(), address.network());
    assertThat(shown).containsEntry("kind", "address").containsEntry("address", "203.0.113.77");

    Place place = Place.of("acct_a", true, Alerts.TABLE, Alerts.TABLE.column("doc"), "alert_1");
    String doc = Json.writeString(Map.of("id", "alert_1", "scope", shown));
    String stored = Seals.PERSONAL.seal(place, doc);
    assertThat(stored).contains("alert_1").doesNotContain("203.0.113");
    assertThat(Json.readObject(Seals.PERSONAL.open(place, stored))).isEqualTo(Json.readObject(doc));
  }

  @Test
  void what_is_not_personal_is_shown_as_it_is() {
    assertThat(shown(Scope.Kind.AMOUNT, "usd small", null))
        .isEqualTo(Map.of("kind", "amount", "value", "usd small"));
  }
}
