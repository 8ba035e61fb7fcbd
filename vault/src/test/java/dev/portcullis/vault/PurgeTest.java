package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static dev.portcullis.vault.RunningVault.card;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.card.CardMatches;
import dev.portcullis.vault.card.CardStore;
import dev.portcullis.vault.card.Retention;
import dev.portcullis.vault.http.Metrics;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the vault does not keep. */
class PurgeTest {

  private RunningVault vault;
  private final Metrics metrics = new Metrics();
  private Purge purge;

  @BeforeEach
  void start(@TempDir Path home) {
    vault = new RunningVault(home);
    purge = purge(null);
  }

  private Purge purge(@Nullable Duration cardsKept) {
    DataSource database = vault.database.app();
    return new Purge(
        new CardStore(database),
        new CardMatches(database, new SecureRandom()),
        new Retention(database, new AuditTrail(database, vault.clock)),
        cardsKept,
        metrics,
        vault.clock);
  }

  @AfterEach
  void stop() {
    vault.close();
  }

  private String token() {
    Map<String, String> form = card(VISA);
    form.remove("type");
    return vault.post("/v1/tokens", vault.secretKey, form).text("id");
  }

  private Got exchange(String token) {
    return vault.post(
        "/v1/payment_methods", vault.secretKey, Map.of("type", "card", "card[token]", token));
  }

  private String count(String id, String condition) {
    return vault.database.query(
        "select count(*) from card where id = '" + id + "' and " + condition);
  }

  @Test
  void aTokenLivesForADayUsedOrNot() {
    String used = token();
    String unused = token();
    String made = exchange(used).text("id");
    vault.clock.advance(CardStore.TOKEN_LIFE.minusMinutes(1));
    purge.run();
    assertThat(count(used, "true")).isEqualTo("1");
    assertThat(count(unused, "true")).isEqualTo("1");
    String late = token();
    assertThat(exchange(late).status()).isEqualTo(200);
    vault.clock.advance(Duration.ofMinutes(1));
    assertThat(exchange(unused).text("error.code")).as("over").isEqualTo("resource_missing");
    purge.run();
    assertThat(count(used, "true")).isEqualTo("0");
    assertThat(count(unused, "true")).isEqualTo("0");
    assertThat(count(late, "true")).isEqualTo("1");
    assertThat(count(made, "true")).as("the payment method stays").isEqualTo("1");
  }

  private Map<String, Object> named(String id) {
    return Map.of("account", vault.account, "livemode", false, "id", id);
  }

  @Test
  void aCardThatTheGatewayNeverAskedForLivesForAWeek() {
    String forgotten = vault.paymentMethod(VISA);
    String looked = vault.paymentMethod(VISA);
    String sent = vault.paymentMethod(VISA);
    assertThat(vault.call("/internal/v1/payment_methods/lookup", named(looked)).status())
        .isEqualTo(200);
    vault.provider.behave(
        exchange -> FakeProvider.answer(exchange, 200, Map.of("id", "a", "status", "approved")));
    assertThat(forward(sent).json()).containsEntry("outcome", "answered");
    String ofName =
        vault
            .call(
                "/internal/v1/test_payment_methods",
                Map.of("account", vault.account, "livemode", false, "name", "pm_card_visa"))
            .text("id");
    String ofToken =
        vault
            .call(
                "/internal/v1/payment_methods/from_token",
                Map.of("account", vault.account, "livemode", false, "token", token()))
            .text("id");
    vault.clock.advance(CardStore.UNUSED_LIFE.minusMinutes(1));
    purge.run();
    assertThat(count(forgotten, "true")).isEqualTo("1");
    vault.clock.advance(Duration.ofMinutes(2));
    purge.run();
    assertThat(count(forgotten, "true")).isEqualTo("0");
    for (String used : List.of(looked, sent, ofName, ofToken)) {
      assertThat(count(used, "true")).as(used).isEqualTo("1");
    }
    assertThat(vault.call("/internal/v1/payment_methods/lookup", named(forgotten)).status())
        .isEqualTo(404);
    assertThat(forward(forgotten).status()).isEqualTo(404);
  }

  private String shown() {
    return vault.post("/v1/payment_methods", vault.secretKey, card(VISA)).text("card.fingerprint");
  }

  private void known(String since) {
    vault.database.execute(
        "update card_match set seen = timestamptz '%s' - interval '%s' where account = '%s'"
            .formatted(vault.clock.instant(), since, vault.account));
  }

  private String matches() {
    // The rounds go on where the one before ended, among all that the vaults of this test have.
    for (int round = 0; round < 3; round++) {
      purge.run();
    }
    return vault.database.query(
        "select count(*) from card_match where account = '%s'".formatted(vault.account));
  }

  @Test
  void whatACardIsKnownByGoesADayAfterTheLastOfIt() {
    String before = shown();
    known("1 day 1 hour");
    assertThat(matches()).as("it is stored").isEqualTo("1");
    vault.database.execute("delete from card where account = '%s'".formatted(vault.account));
    known("23 hours");
    assertThat(matches()).as("a day is not over").isEqualTo("1");
    assertThat(shown()).isEqualTo(before);
    vault.database.execute("delete from card where account = '%s'".formatted(vault.account));
    known("1 day 1 hour");
    assertThat(matches()).isEqualTo("0");
    assertThat(shown()).isNotEqualTo(before);
  }

  @Test
  void aCardThatWasNotUsedForLongGoesAndTheTrailSaysSo() {
    Duration kept = Duration.ofDays(400);
    String idle = vault.paymentMethod(VISA);
    String busy = vault.paymentMethod(VISA);
    vault.call("/internal/v1/payment_methods/lookup", named(idle));
    vault.call("/internal/v1/payment_methods/lookup", named(busy));
    vault.provider.behave(
        exchange -> FakeProvider.answer(exchange, 200, Map.of("id", "a", "status", "approved")));
    vault.clock.advance(kept.minusDays(1));
    assertThat(forward(busy).json()).containsEntry("outcome", "answered");
    purge(kept).run();
    assertThat(count(idle, "true")).isEqualTo("1");
    vault.clock.advance(Duration.ofDays(2));
    purge.run();
    assertThat(count(idle, "true")).as("without a policy they are kept").isEqualTo("1");
    purge(kept).run();
    assertThat(count(idle, "true")).isEqualTo("0");
    assertThat(count(busy, "true")).isEqualTo("1");
    assertThat(
            vault.database.query(
                "select string_agg(detail, ';') from audit_entry where action = 'cards.purged'"
                    + " and subject = '"
                    + vault.account
                    + "'"))
        .matches("1 test cards not used since [0-9T:.Z-]+, the oldest since [0-9T:.Z-]+");
    assertThat(forward(idle).status()).isEqualTo(404);
    assertThat(forward(idle).text("error.code")).isEqualTo("no_such_token");
  }

  private Got forward(String card) {
    return vault.call("/internal/v1/forward", vault.authorization(card));
  }

  /** An older vault's rows, which say nothing of it, are never taken for unused. */
  @Test
  void aCardOfAnOlderVaultCountsAsUsed() {
    String old = vault.paymentMethod(VISA);
    vault.database.execute(
        "insert into card (account, id, livemode, created, data_key, sealed, fingerprint, brand,"
            + " bin, last4, exp_month, exp_year, funding, cvc_given)"
            + " select account, id || '_old', livemode, created, data_key, sealed, fingerprint,"
            + " brand, bin, last4, exp_month, exp_year, funding, cvc_given from card where id = '"
            + old
            + "'");
    vault.clock.advance(CardStore.UNUSED_LIFE.plusDays(1));
    purge.run();
    assertThat(count(old, "true")).isEqualTo("0");
    assertThat(count(old + "_old", "true")).isEqualTo("1");
  }

  /** A flood in one kind is worked off in one round, and the others have their turn meanwhile. */
  @Test
  void goesOnWhileItIsBehind() {
    String used = vault.paymentMethod(VISA);
    vault.call("/internal/v1/payment_methods/lookup", named(used));
    int flood = Purge.BATCH * 3 + 10;
    vault.database.execute(
        "insert into card select account, id || n, livemode, created, data_key, sealed,"
            + " fingerprint, brand, bin, last4, exp_month, exp_year, funding, country, cvc_given,"
            + " details, used_by, null from card, generate_series(1, "
            + flood
            + ") n where id = '"
            + used
            + "'");
    vault.database.execute(
        "insert into idempotency select '"
            + vault.account
            + "', false, 'flood' || n, ''::bytea, 200, 'dek', ''::bytea, now()"
            + " from generate_series(1, "
            + (Purge.BATCH + 5)
            + ") n");
    vault.clock.advance(CardStore.UNUSED_LIFE.plusDays(1));
    purge.run();
    assertThat(
            vault.database.query(
                "select count(*) from card where account = '" + vault.account + "'"))
        .isEqualTo("1");
    assertThat(
            vault.database.query(
                "select count(*) from idempotency where account = '" + vault.account + "'"))
        .isEqualTo("0");
    assertThat(metrics.count(Purge.COUNTER, "what", "unused_cards")).isGreaterThanOrEqualTo(flood);
    assertThat(metrics.count(Purge.COUNTER, "what", "answers"))
        .isGreaterThanOrEqualTo(Purge.BATCH + 5);
  }

  @Test
  void billingDetailsThatNobodyReleasedLiveForAWeek() {
    String id =
        vault
            .post(
                "/v1/payment_methods",
                vault.secretKey,
                card(VISA, "billing_details[email]", "ada@example.com"))
            .text("id");
    vault.call("/internal/v1/payment_methods/lookup", named(id));
    vault.clock.advance(CardStore.DETAILS_LIFE.minusMinutes(1));
    purge.run();
    assertThat(count(id, "details is not null")).isEqualTo("1");
    vault.clock.advance(Duration.ofMinutes(2));
    purge.run();
    assertThat(count(id, "details is null"))
        .as("the card stays, its details do not")
        .isEqualTo("1");
    Got found =
        vault.call(
            "/internal/v1/payment_methods/lookup",
            Map.of("account", vault.account, "livemode", false, "id", id));
    assertThat(found.text("card.last4")).isEqualTo("4242");
    assertThat(found.at("billing_details")).isNull();
  }
}
