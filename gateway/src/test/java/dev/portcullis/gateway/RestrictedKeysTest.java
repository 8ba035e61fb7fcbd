package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.StripeClient;
import com.stripe.exception.PermissionException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.service.V1Services;
import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.keys.ApiKeys;
import dev.portcullis.gateway.keys.KeyChange;
import dev.portcullis.gateway.keys.KeyTerms;
import dev.portcullis.gateway.keys.KeyUses;
import dev.portcullis.gateway.keys.StoredKey;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.key.Permissions;
import dev.portcullis.wire.net.Cidr;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a key may do, from where and how long. */
class RestrictedKeysTest {

  private static final Actor ACTOR = new Actor("adm_1", "");

  private final Gateway gateway = Gateway.IT;
  private final ApiKeys keys = gateway.context.getBean(ApiKeys.class);

  @Test
  void withoutThePermissionARequestIsRefusedBeforeItIsLookedAt() {
    KeyChange.Issued reader = restricted(List.of(), "charge_read");
    assertThat(get(reader.text(), "/v1/charges").status()).isEqualTo(200);
    Answer refused =
        gateway.send(
            gateway
                .form("/v1/refunds", "nonsense", "4242424242424242")
                .setHeader("Authorization", "Bearer " + reader.text().text()));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.error()).containsEntry("type", "invalid_request_error");
    assertThat(refused.error().get("message"))
        .asString()
        .isEqualTo(
            "The provided key '"
                + reader.text().redacted()
                + "' does not have the required permissions for this endpoint on account"
                + " 'acct_first'. Having the 'refund_write' permission would allow this request"
                + " to continue.")
        .doesNotContain(reader.text().text());
    assertThat(get(reader.text(), "/v1/customers/cus_none").status()).isEqualTo(403);
    assertThat(get(reader.text(), "/v1/openapi.json").status()).isEqualTo(200);
  }

  @Test
  void stripesOwnSdkIsToldWhichPermissionIsMissing() throws StripeException {
    KeyChange.Issued key = restricted(List.of(), "customer_write");
    V1Services sdk =
        StripeClient.builder()
            .setApiKey(key.text().text())
            .setApiBase(gateway.base.toString())
            .build()
            .v1();
    Customer made = sdk.customers().create(CustomerCreateParams.builder().setName("Ada").build());
    assertThat(sdk.customers().retrieve(made.getId()).getName()).isEqualTo("Ada");
    PermissionException refused =
        catchThrowableOfType(
            PermissionException.class,
            () ->
                sdk.refunds()
                    .create(RefundCreateParams.builder().setPaymentIntent("pi_none").build()));
    assertThat(refused.getStatusCode()).isEqualTo(403);
    assertThat(refused.getMessage())
        .contains("'refund_write' permission would allow this request", "acct_first")
        .doesNotContain(key.text().text());
    assertThat(
            catchThrowableOfType(PermissionException.class, () -> sdk.charges().list())
                .getMessage())
        .contains("'charge_read'");
  }

  @Test
  void toWriteIsToReadToo() {
    KeyChange.Issued writer = restricted(List.of(), "customer_write");
    Answer made =
        gateway.send(
            gateway
                .form("/v1/customers")
                .setHeader("Authorization", "Bearer " + writer.text().text()));
    assertThat(made.status()).isEqualTo(200);
    assertThat(get(writer.text(), "/v1/customers/" + made.string("id")).status()).isEqualTo(200);
  }

  @Test
  void aRefusalShowsNothingThatTheKeyMayNotRead() {
    String unpaid =
        gateway.post("/v1/payment_intents", "amount", "1234", "currency", "usd").string("id");
    KeyChange.Issued refunder = restricted(List.of(), "refund_write");
    Answer refused =
        gateway.send(
            gateway
                .form("/v1/refunds", "payment_intent", unpaid)
                .setHeader("Authorization", "Bearer " + refunder.text().text()));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text()).contains(unpaid).doesNotContain("_secret_", "amount_capturable");
  }

  @Test
  void toExpandIsToRead() {
    KeyChange.Issued key = restricted(List.of(), "payment_intent_read", "charge_read");
    String path = "/v1/payment_intents?expand[]=data.latest_charge";
    assertThat(get(key.text(), path).status()).isEqualTo(200);
    for (String further : List.of("data.customer", "data.latest_charge.balance_transaction")) {
      Answer refused = get(key.text(), "/v1/payment_intents?expand[]=" + further);
      assertThat(refused.status()).as(further).isEqualTo(403);
      assertThat(refused.error().get("message"))
          .asString()
          .contains(further.endsWith("customer") ? "customer_read" : "balance_transaction_read");
    }
  }

  @Test
  void aKeyWithAListOfAddressesComesFromThere() {
    KeyChange.Issued key = restricted(List.of("203.0.113.0/24"), "balance_read");
    Answer outside = get(key.text(), "/v1/balance");
    assertThat(outside.status()).isEqualTo(403);
    assertThat(outside.text()).doesNotContain(key.text().text());
    assertThat(from(key.text(), "203.0.113.77").status()).isEqualTo(200);
    assertThat(from(key.text(), "203.0.113.77, 198.51.100.1").status()).isEqualTo(403);
  }

  @Test
  void aKeyEndsByItselfAndAtARevocation() throws SQLException {
    KeyChange.Issued expiring = restricted(List.of(), "balance_read");
    KeyChange.Issued revoked = restricted(List.of(), "balance_read");
    assertThat(get(expiring.text(), "/v1/balance").status()).isEqualTo(200);
    assertThat(get(revoked.text(), "/v1/balance").status()).isEqualTo(200);
    gateway.database.execute(
        "UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = '"
            + expiring.key().id()
            + "'");
    keys.revoke(ACTOR, "acct_first", revoked.key().id());
    for (ApiKey key : List.of(expiring.text(), revoked.text())) {
      // Other gateways remember a key as this one does.
      eventually().untilAsserted(() -> assertThat(get(key, "/v1/balance").status()).isEqualTo(401));
      Answer refused = get(key, "/v1/balance");
      assertThat(refused.error()).containsEntry("code", "api_key_expired");
      assertThat(refused.header("WWW-Authenticate")).startsWith("Basic");
      assertThat(refused.text()).doesNotContain(key.text());
    }
  }

  @Test
  void theUseOfARolledKeyIsReportedAndEveryUseIsNoted() {
    KeyChange.Issued old = restricted(List.of(), "balance_read");
    KeyChange.Issued next =
        (KeyChange.Issued)
            keys.roll(ACTOR, "acct_first", old.key().id(), Duration.ofHours(1), Optional.empty());
    double before = rolledUses();
    assertThat(get(next.text(), "/v1/balance").status()).isEqualTo(200);
    assertThat(rolledUses()).isEqualTo(before);
    assertThat(from(old.text(), "203.0.113.78").status()).isEqualTo(200);
    assertThat(rolledUses()).isEqualTo(before + 1);
    gateway.context.getBean(KeyUses.class).flush();
    StoredKey stored = keys.find("acct_first", old.key().id()).orElseThrow();
    assertThat(stored.life().lastUse().orElseThrow().address()).isEqualTo("203.0.113.78");
    assertThat(stored.life().version()).isEqualTo(2);
  }

  private double rolledUses() {
    return gateway
        .context
        .getBean(io.micrometer.core.instrument.MeterRegistry.class)
        .get("portcullis.keys.rolled.uses")
        .counter()
        .count();
  }

  private Answer get(ApiKey key, String path) {
    return gateway.send(request(key, path));
  }

  private HttpRequest.Builder request(ApiKey key, String path) {
    return gateway.request(path).setHeader("Authorization", "Bearer " + key.text());
  }

  private Answer from(ApiKey key, String forwardedFor) {
    return gateway.send(request(key, "/v1/balance").header("X-Forwarded-For", forwardedFor));
  }

  private KeyChange.Issued restricted(List<String> cidrs, String... permissions) {
    KeyTerms terms =
        new KeyTerms(
            Permissions.parse(Arrays.asList(permissions)),
            cidrs.stream().map(block -> Cidr.parse(block).orElseThrow()).toList(),
            Optional.empty(),
            "");
    return (KeyChange.Issued) keys.create(ACTOR, "acct_first", false, KeyKind.RESTRICTED, terms);
  }
}
