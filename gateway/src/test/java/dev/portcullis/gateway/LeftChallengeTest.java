package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.payments.HostedIntents;
import dev.portcullis.gateway.payments.HostedIntents.Ref;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.KeyKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A shopper who leaves a bank's challenge may pay in another way, and pays once. */
class LeftChallengeTest {

  private static final String PATH = "/v1/payment_intents";

  private final Gateway gateway = Gateway.IT;

  private Answer challenged(long amount) {
    gateway.provider.decide(amount, "requires_action");
    Answer asked =
        gateway.post(
            PATH,
            "amount",
            Long.toString(amount),
            "currency",
            "usd",
            "payment_method",
            "pm_card_visa",
            "payment_method_types[]",
            "card",
            "return_url",
            "https://shop.example/done",
            "confirm",
            "true");
    assertThat(asked.string("status")).as(asked.text()).isEqualTo("requires_action");
    return asked;
  }

  private Answer leave(Answer intent) {
    return gateway.post(
        PATH + "/" + intent.string("id") + "/source_cancel",
        "client_secret",
        intent.string("client_secret"));
  }

  private Answer page(String path, String secret) {
    return gateway.send(
        gateway
            .form(path, "client_secret", secret)
            .setHeader("Authorization", "Bearer " + gateway.publishableKey.text()));
  }

  private String reference(long amount) {
    return String.valueOf(
        gateway.provider.entries("sandbox.authorize", amount).getFirst().get("reference"));
  }

  private long operations(Answer intent, String kind) {
    return gateway.database.number(
        "SELECT count(*) FROM provider_operations WHERE object = ? AND doc->>'kind' = ?"
            + " AND state = 'done'",
        intent.string("id"),
        kind);
  }

  @Test
  void another_card_pays_and_what_the_bank_says_afterwards_is_given_back() {
    Answer asked = challenged(71_001);
    Answer left = leave(asked);
    assertThat(left.body())
        .as(left.text())
        .containsEntry("status", "requires_payment_method")
        .containsEntry("next_action", null)
        .containsEntry("payment_method", null)
        .containsEntry("latest_charge", null);
    Map<?, ?> error = (Map<?, ?>) Objects.requireNonNull(left.body().get("last_payment_error"));
    assertThat(error.get("code")).isEqualTo("payment_intent_authentication_failure");
    assertThat(leave(asked).body()).as("once more").isEqualTo(left.body());
    gateway.provider.settle(reference(71_001), "approved", null);
    eventually().until(() -> operations(asked, "CANCEL") == 1);
    gateway.provider.decide(71_001, "approved");
    Answer paid =
        gateway.post(
            PATH + "/" + asked.string("id") + "/confirm", "payment_method", "pm_card_visa");
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("succeeded");
    assertThat(gateway.get("/v1/charges?payment_intent=" + asked.string("id")).data()).hasSize(1);
  }

  @Test
  void who_has_paid_this_moment_has_paid() {
    Answer asked = challenged(71_002);
    gateway.provider.settle(reference(71_002), "approved", null);
    assertThat(leave(asked).string("status")).isEqualTo("succeeded");
    assertThat(operations(asked, "CANCEL")).isZero();
  }

  @Test
  void nobody_is_let_go_while_nobody_can_tell() {
    Answer asked = challenged(71_003);
    AtomicBoolean away = new AtomicBoolean(true);
    gateway.provider.unless("sandbox.lookup", away::get);
    try {
      assertThat(leave(asked).string("status")).isEqualTo("requires_action");
      away.set(false);
      int before = gateway.provider.entries("sandbox.lookup", 71_003).size();
      assertThat(leave(asked).string("status"))
          .as("what was said a moment ago stands")
          .isEqualTo("requires_action");
      assertThat(gateway.provider.entries("sandbox.lookup", 71_003)).hasSize(before);
    } finally {
      away.set(false);
    }
    gateway.clock.advance(Duration.ofSeconds(6));
    assertThat(leave(asked).string("status")).isEqualTo("requires_payment_method");
  }

  @Test
  void however_often_a_page_asks_the_provider_is_asked_once_in_a_few_seconds() throws Exception {
    Answer asked = challenged(71_006);
    // What the other tests have left under way is looked up as well, by itself.
    gateway.database.execute(
        "UPDATE provider_operations SET due = due + interval '1 day' WHERE due IS NOT NULL");
    AtomicInteger lookedUp = new AtomicInteger();
    gateway.provider.unless(
        "sandbox.lookup",
        () -> {
          lookedUp.incrementAndGet();
          return true;
        });
    try {
      for (int i = 0; i < 20; i++) {
        assertThat(leave(asked).string("status")).isEqualTo("requires_action");
      }
      assertThat(lookedUp).hasValue(1);
      gateway.clock.advance(Duration.ofSeconds(6));
      assertThat(leave(asked).string("status")).isEqualTo("requires_action");
      assertThat(lookedUp).hasValue(2);
    } finally {
      gateway.provider.unless("sandbox.lookup", () -> false);
    }
  }

  @Test
  void what_a_session_gives_up_is_never_a_reservation() {
    Answer reserved =
        gateway.post(
            PATH,
            "amount",
            "71007",
            "currency",
            "usd",
            "payment_method",
            "pm_card_visa",
            "payment_method_types[]",
            "card",
            "capture_method",
            "manual",
            "confirm",
            "true");
    assertThat(reserved.string("status")).isEqualTo("requires_capture");
    HostedIntents intents = gateway.context.getBean(HostedIntents.class);
    Ref ref = new Ref(reserved.string("id"), false);
    Principal principal = new Principal("acct_first", false, "gateway", KeyKind.SECRET);
    // As if the bank had approved it between the look at it and this.
    assertThatThrownBy(() -> intents.giveUp(principal, ref, "req_given_up"))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("requires_capture");
    assertThat(gateway.get(PATH + "/" + ref.id()).string("status")).isEqualTo("requires_capture");
    assertThat(operations(reserved, "CANCEL")).isZero();
  }

  @Test
  void only_who_has_the_secret_leaves() {
    Answer asked = challenged(71_004);
    String path = PATH + "/" + asked.string("id") + "/source_cancel";
    for (String secret : List.of("", asked.string("id") + "_secret_guessed")) {
      Answer refused = page(path, secret);
      assertThat(refused.status()).as(refused.text()).isIn(400, 404);
    }
    Answer left = page(path, asked.string("client_secret"));
    assertThat(left.string("status")).as(left.text()).isEqualTo("requires_payment_method");
    assertThat(left.body()).as("what a page may see").doesNotContainKey("metadata");
  }

  @Test
  void what_waits_for_nobody_is_not_left() {
    Answer fresh = gateway.post(PATH, "amount", "71005", "currency", "usd");
    assertThat(leave(fresh).body())
        .containsEntry("status", "requires_payment_method")
        .containsEntry("last_payment_error", null);
  }

  @Test
  void a_card_that_is_set_up_is_left_likewise() {
    gateway.provider.decide("sandbox.authorize", 0, "requires_action");
    try {
      Answer asked =
          gateway.post(
              "/v1/setup_intents",
              "payment_method",
              "pm_card_visa",
              "payment_method_types[]",
              "card",
              "return_url",
              "https://shop.example/done",
              "confirm",
              "true");
      assertThat(asked.string("status")).as(asked.text()).isEqualTo("requires_action");
      Answer left =
          gateway.post(
              "/v1/setup_intents/" + asked.string("id") + "/source_cancel",
              "client_secret",
              asked.string("client_secret"));
      assertThat(left.body()).containsEntry("status", "requires_payment_method");
      Map<?, ?> error = (Map<?, ?>) Objects.requireNonNull(left.body().get("last_setup_error"));
      assertThat(error.get("code")).isEqualTo("setup_intent_authentication_failure");
    } finally {
      gateway.provider.decide("sandbox.authorize", 0, null);
    }
  }
}
