package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.EventDataObjectDeserializationException;
import com.stripe.exception.StripeException;
import com.stripe.model.Event;
import com.stripe.model.EventDataObjectDeserializer;
import com.stripe.param.EventListParams;
import com.stripe.service.V1Services;
import dev.portcullis.gateway.advice.KeyAdvice;
import dev.portcullis.gateway.advice.KeyAdvisor;
import dev.portcullis.gateway.advice.KeyReminders;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.journal.EventTypes;
import dev.portcullis.gateway.keys.ApiKeys;
import dev.portcullis.gateway.keys.KeyChange;
import dev.portcullis.gateway.keys.KeyRegister;
import dev.portcullis.gateway.keys.KeyTerms;
import dev.portcullis.gateway.keys.KeyUses;
import dev.portcullis.gateway.keys.StoredKey;
import dev.portcullis.gateway.requestlog.RequestLog;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.key.Permissions;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What could be better about keys, from what they did. */
class KeyAdviceTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final String ACCOUNT = "acct_second";

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static KeyChange.Issued key(KeyKind kind, Permissions permissions) {
    KeyChange change =
        GATEWAY
            .context
            .getBean(ApiKeys.class)
            .create(
                Actor.SYSTEM,
                ACCOUNT,
                false,
                kind,
                new KeyTerms(permissions, List.of(), java.util.Optional.empty(), "of the test"));
    return (KeyChange.Issued) change;
  }

  private static List<KeyAdvice> adviceOf(KeyChange.Issued key) {
    return GATEWAY.context.getBean(KeyAdvisor.class).advise(ACCOUNT).stream()
        .filter(advice -> advice.key().id().equals(key.key().id()))
        .toList();
  }

  private static void get(KeyChange.Issued key, String path) {
    Gateway.Answer answer =
        GATEWAY.send(
            HttpRequest.newBuilder(URI.create(GATEWAY.base + path))
                .header("Authorization", "Bearer " + key.text().text()));
    assertThat(answer.status()).as(answer.text()).isBetween(200, 404);
  }

  private static void usedNow(KeyChange.Issued key) {
    assertThat(
            GATEWAY.database.text(
                "UPDATE api_keys SET last_used_at = ?::timestamptz, last_used_address = '::1'"
                    + " WHERE id = ? RETURNING id",
                GATEWAY.clock.instant().toString(),
                key.key().id()))
        .isEqualTo(key.key().id());
  }

  private static List<Map<String, @Nullable Object>> events(KeyChange.Issued key, String type) {
    return GATEWAY
        .send(
            HttpRequest.newBuilder(
                    URI.create(
                        GATEWAY.base + "/v1/events?limit=100&type=portcullis.api_key." + type))
                .header("Authorization", "Bearer " + GATEWAY.otherKey.text()))
        .data()
        .stream()
        .filter(event -> String.valueOf(event.get("data")).contains(key.key().id()))
        .toList();
  }

  @Test
  void aKeyThatMayMoreThanItDoesIsToldTheSmallestPermissions() {
    KeyChange.Issued secret = key(KeyKind.SECRET, Permissions.NONE);
    KeyChange.Issued wide =
        key(KeyKind.RESTRICTED, Permissions.parse(List.of("charge_write", "refund_write")));
    KeyChange.Issued right = key(KeyKind.RESTRICTED, Permissions.parse(List.of("charge_read")));
    get(secret, "/v1/charges?expand[]=data.customer");
    get(secret, "/v1/charges/ch_" + "0".repeat(22));
    get(secret, "/v1/refunds?limit=3");
    get(wide, "/v1/charges/ch_" + "1".repeat(22));
    get(right, "/v1/charges/ch_" + "1".repeat(22));
    GATEWAY.context.getBean(RequestLog.class).flush();
    assertThat(adviceOf(secret)).as("too young to be judged").isEmpty();
    GATEWAY.clock.advance(Duration.ofDays(8));
    assertThat(adviceOf(secret)).hasSize(1);
    assertThat(adviceOf(secret).getFirst())
        .isInstanceOfSatisfying(
            KeyAdvice.Restrict.class,
            advice -> {
              assertThat(advice.smallest().names())
                  .containsExactlyInAnyOrder("charge_read", "customer_read", "refund_read");
              assertThat(advice.requests()).isEqualTo(3);
            });
    assertThat(adviceOf(wide).getFirst().sentence()).contains("charge_read");
    assertThat(adviceOf(right)).isEmpty();
  }

  @Test
  void whatNobodyUsesIsToldOnceInThirtyDays() {
    KeyChange.Issued forgotten = key(KeyKind.SECRET, Permissions.NONE);
    GATEWAY.clock.advance(Duration.ofDays(89));
    assertThat(adviceOf(forgotten)).isEmpty();
    GATEWAY.clock.advance(Duration.ofDays(2));
    assertThat(adviceOf(forgotten)).hasOnlyElementsOfType(KeyAdvice.Unused.class);
    KeyReminders reminders = GATEWAY.context.getBean(KeyReminders.class);
    reminders.round();
    assertThat(events(forgotten, "unused")).hasSize(1);
    reminders.round();
    assertThat(events(forgotten, "unused")).hasSize(1);
    GATEWAY.clock.advance(Duration.ofDays(30));
    reminders.round();
    assertThat(events(forgotten, "unused")).hasSize(2);
  }

  /** Pages use their keys nowhere else. */
  @Test
  void whatIsUsedAtTheCardsOriginAloneIsNotUnused() {
    KeyChange.Issued page = key(KeyKind.PUBLISHABLE, Permissions.NONE);
    GATEWAY.clock.advance(Duration.ofDays(85));
    Instant at = usedAtVault(page, "203.0.113.80");
    assertThat(lastUse(page)).isEqualTo(new StoredKey.Use(at, "203.0.113.80"));
    GATEWAY.clock.advance(Duration.ofDays(10));
    assertThat(adviceOf(page)).isEmpty();
    GATEWAY.clock.advance(Duration.ofDays(81));
    assertThat(adviceOf(page)).hasOnlyElementsOfType(KeyAdvice.Unused.class);
  }

  @Test
  void ofTwoOriginsTheLaterUseCounts() {
    KeyChange.Issued both = key(KeyKind.SECRET, Permissions.NONE);
    usedAtVault(both, "203.0.113.81");
    GATEWAY.clock.advance(Duration.ofSeconds(1));
    get(both, "/v1/balance");
    GATEWAY.context.getBean(KeyUses.class).flush();
    StoredKey.Use later = lastUse(both);
    assertThat(later.address()).isNotEqualTo("203.0.113.81");
    // The vault tells of it late.
    GATEWAY.vault.uses.put(
        both.key().id(),
        new KeyRegister.Use(ACCOUNT, both.key().id(), later.at().minusMillis(500), "203.0.113.82"));
    GATEWAY.context.getBean(KeyUses.class).flush();
    assertThat(lastUse(both)).isEqualTo(later);
  }

  /** It would be refused the cards that it takes now. */
  @Test
  void whatTakesCardsIsNotToldToDoWithoutThePermission() {
    KeyChange.Issued secret = key(KeyKind.SECRET, Permissions.NONE);
    KeyChange.Issued restricted =
        key(KeyKind.RESTRICTED, Permissions.parse(List.of("charge_read", "token_write")));
    get(secret, "/v1/charges/ch_" + "3".repeat(22));
    get(restricted, "/v1/charges/ch_" + "3".repeat(22));
    usedAtVault(secret, "203.0.113.83");
    usedAtVault(restricted, "203.0.113.83");
    GATEWAY.context.getBean(RequestLog.class).flush();
    GATEWAY.clock.advance(Duration.ofDays(8));
    assertThat(adviceOf(secret).getFirst())
        .isInstanceOfSatisfying(
            KeyAdvice.Restrict.class,
            advice ->
                assertThat(advice.smallest().names())
                    .containsExactlyInAnyOrder(
                        "charge_read", "payment_method_write", "token_write"));
    assertThat(adviceOf(restricted)).isEmpty();
  }

  /** An answer of the vault that nobody wrote comes again. */
  @Test
  void theVaultForgetsAUseWhenItIsWritten() {
    KeyUses uses = GATEWAY.context.getBean(KeyUses.class);
    KeyChange.Issued page = key(KeyKind.PUBLISHABLE, Permissions.NONE);
    usedAtVault(page, "203.0.113.84");
    uses.flush();
    assertThat(GATEWAY.vault.uses).doesNotContainKey(page.key().id());
    GATEWAY.vault.away = true;
    GATEWAY.vault.uses.put(
        page.key().id(),
        new KeyRegister.Use(
            ACCOUNT, page.key().id(), GATEWAY.clock.instant().plusMillis(1), "203.0.113.85"));
    uses.flush();
    assertThat(lastUse(page).address()).isEqualTo("203.0.113.84");
    GATEWAY.vault.away = false;
    uses.flush();
    assertThat(lastUse(page).address()).isEqualTo("203.0.113.85");
  }

  private static Instant usedAtVault(KeyChange.Issued key, String address) {
    Instant at = GATEWAY.clock.instant().truncatedTo(ChronoUnit.MILLIS);
    GATEWAY.vault.uses.put(
        key.key().id(), new KeyRegister.Use(ACCOUNT, key.key().id(), at, address));
    GATEWAY.context.getBean(KeyUses.class).flush();
    return at;
  }

  private static StoredKey.Use lastUse(KeyChange.Issued key) {
    return GATEWAY
        .context
        .getBean(ApiKeys.class)
        .find(ACCOUNT, key.key().id())
        .orElseThrow()
        .life()
        .lastUse()
        .orElseThrow();
  }

  @Test
  void anOldKeyIsDueForARoll() {
    KeyChange.Issued old = key(KeyKind.SECRET, Permissions.NONE);
    GATEWAY.clock.advance(Duration.ofDays(364));
    usedNow(old);
    assertThat(adviceOf(old)).isEmpty();
    GATEWAY.clock.advance(Duration.ofDays(2));
    assertThat(adviceOf(old)).hasOnlyElementsOfType(KeyAdvice.Rotate.class);
    GATEWAY.context.getBean(ApiKeys.class).revoke(Actor.SYSTEM, ACCOUNT, old.key().id());
    assertThat(adviceOf(old)).as("a revoked key is nobody's business").isEmpty();
  }

  /** Stripe has no such type: its SDK must hand it on all the same, one by one and in lists. */
  @Test
  void stripesOwnSdkReadsTheEvents()
      throws StripeException, EventDataObjectDeserializationException {
    KeyChange.Issued old = key(KeyKind.SECRET, Permissions.NONE);
    KeyChange.Issued wide =
        key(KeyKind.RESTRICTED, Permissions.parse(List.of("charge_write", "refund_write")));
    get(wide, "/v1/charges/ch_" + "2".repeat(22));
    GATEWAY.context.getBean(RequestLog.class).flush();
    GATEWAY.clock.advance(Duration.ofDays(8));
    GATEWAY.context.getBean(KeyReminders.class).round();
    GATEWAY.clock.advance(Duration.ofDays(358));
    usedNow(old);
    GATEWAY.context.getBean(KeyReminders.class).round();
    V1Services sdk =
        StripeClient.builder()
            .setApiKey(GATEWAY.otherKey.text())
            .setApiBase(GATEWAY.base.toString())
            .build()
            .v1();
    for (String type : KeyAdvice.EVENT_TYPES) {
      List<Event> events =
          sdk.events().list(EventListParams.builder().setType(type).build()).getData();
      assertThat(events).as(type).isNotEmpty();
      Event event = sdk.events().retrieve(events.getFirst().getId());
      assertThat(event.getType()).isEqualTo(type);
      EventDataObjectDeserializer data = event.getDataObjectDeserializer();
      assertThat(data.getRawJson()).contains("\"object\":\"api_key\"", "\"reason\"");
      assertThat(data.deserializeUnsafe()).isNotNull();
    }
  }

  @Test
  void theTypesOfEventsCanBeWaitedFor() {
    assertThat(EventTypes.ALL).containsAll(KeyAdvice.EVENT_TYPES);
  }
}
