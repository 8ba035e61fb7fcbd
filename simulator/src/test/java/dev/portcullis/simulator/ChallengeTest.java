package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shopper's way through the challenge page. */
class ChallengeTest {
  private static final String UNLESS_SET_UP = "4000002500003155";
  private static final String ALWAYS = "4000002760003184";

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Rig rig;

  @BeforeAll
  static void start() throws IOException {
    rig = Rig.create();
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  @ParameterizedTest
  @CsvSource({
    "4000002760003184, complete, approved,",
    "4000000000003220, complete, approved,",
    "4000002500003155, complete, approved,",
    "4000003800000446, complete, approved,",
    "4000008400001629, complete, declined, generic_decline",
    "4000008260003178, complete, declined, insufficient_funds",
    "4000002760003184, fail, declined, authentication_failed",
    "4000008260003178, fail, declined, authentication_failed"
  })
  void theShopperDecides(String number, String outcome, String status, @Nullable String code)
      throws IOException {
    String reference = Rig.reference();
    Client.Reply asked = rig.client.authorize(Client.authorization(reference, number));
    assertThat(asked.get("status")).isEqualTo("requires_action");
    assertThat(asked.get("captured_amount")).isEqualTo(0L);
    assertThat(rig.client.lookup(reference).get("status")).isEqualTo("requires_action");
    Client.Reply sent = answer(asked.text("redirect_url"), outcome);
    assertThat(sent.status()).isEqualTo(303);
    assertThat(sent.raw().headers().firstValue("Location"))
        .contains("https://shop.example/return?order=7");
    Client.Reply now = rig.client.lookup(reference);
    assertThat(now.get("status")).isEqualTo(status);
    assertThat(now.get("decline_code")).isEqualTo(code);
    assertThat(now.get("redirect_url")).isNull();
    assertThat(now.get("captured_amount")).isEqualTo("approved".equals(status) ? 1_999L : 0L);
  }

  @Test
  void theSecondAnswerChangesNothing() throws IOException {
    String reference = Rig.reference();
    String link =
        rig.client.authorize(Client.authorization(reference, ALWAYS)).text("redirect_url");
    answer(link, "fail");
    assertThat(answer(link, "complete").status()).isEqualTo(303);
    assertThat(rig.client.lookup(reference).get("decline_code")).isEqualTo("authentication_failed");
    assertThat(get(link).html()).contains("You have answered already");
  }

  @Test
  void thePageIsPlainAndLocked() throws IOException {
    Client.Reply page =
        get(
            rig.client
                .authorize(Client.authorization(Rig.reference(), ALWAYS))
                .text("redirect_url"));
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.html())
        .contains("19.99 USD", "ending in 3184", "Complete authentication", "Fail authentication")
        .doesNotContain("<script", "${");
    assertThat(page.raw().headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'", "frame-ancestors http: https:")
        .doesNotContain("unsafe", "script-src");
    assertThat(page.raw().headers().firstValue("Content-Type"))
        .contains("text/html; charset=utf-8");
    Client.Reply style = get(rig.simulator.shopperUrl() + "/challenge.css");
    assertThat(style.status()).isEqualTo(200);
    assertThat(style.raw().headers().firstValue("Content-Type"))
        .contains("text/css; charset=utf-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?token=", "?token=wrong"})
  void anIdAloneOpensNothing(String query) throws IOException {
    String reference = Rig.reference();
    String link =
        rig.client.authorize(Client.authorization(reference, ALWAYS)).text("redirect_url");
    String bare = link.substring(0, link.indexOf('?'));
    assertThat(get(bare + query).status()).isEqualTo(404);
    assertThat(post(bare, "token=wrong&outcome=complete").status()).isEqualTo(404);
    assertThat(post(bare, "outcome=other").status()).isEqualTo(400);
    assertThat(post(bare, "").status()).isEqualTo(400);
    assertThat(rig.client.lookup(reference).get("status")).isEqualTo("requires_action");
  }

  @Test
  void afterASetUpTheShopperNeedNotBeThere() throws IOException {
    String setup = Rig.reference();
    Map<String, @Nullable Object> body = Client.authorization(setup, UNLESS_SET_UP);
    body.put("amount", 0L);
    body.put("setup", true);
    answer(rig.client.authorize(body).text("redirect_url"), "complete");
    Client.Reply done = rig.client.lookup(setup);
    assertThat(done.get("status")).isEqualTo("approved");
    assertThat(done.get("three_d_secure"))
        .isEqualTo(Map.of("version", "2.2.0", "result", "authenticated"));
    String proof = done.text("network_transaction_id");

    assertThat(charge(UNLESS_SET_UP, "merchant", proof)).isEqualTo("approved");
    assertThat(charge(UNLESS_SET_UP, "customer", proof)).isEqualTo("requires_action");
    assertThat(charge(UNLESS_SET_UP, "merchant", "ntx_00000000made_up")).isEqualTo("declined");
    assertThat(charge(ALWAYS, "merchant", proof)).isEqualTo("declined");
  }

  @Test
  void aPaymentThatSavedNothingProvesNoSetUp() throws IOException {
    String payment = Rig.reference();
    Client.Reply asked = rig.client.authorize(Client.authorization(payment, UNLESS_SET_UP));
    answer(asked.text("redirect_url"), "complete");
    String proof = rig.client.lookup(payment).text("network_transaction_id");
    assertThat(charge(UNLESS_SET_UP, "merchant", proof)).isEqualTo("declined");
  }

  @Test
  void theKeyStillGetsTheFirstAnswer() throws IOException {
    String reference = Rig.reference();
    Client.Reply asked = rig.client.authorize(Client.authorization(reference, ALWAYS));
    answer(asked.text("redirect_url"), "complete");
    assertThat(rig.client.authorize(Client.authorization(reference, ALWAYS)).body())
        .isEqualTo(asked.body());
  }

  @Test
  void aChallengeThatWasGivenUpCannotBePassed() throws IOException {
    String reference = Rig.reference();
    Client.Reply asked = rig.client.authorize(Client.authorization(reference, ALWAYS));
    assertThat(rig.client.cancel(asked.text("id"), Rig.reference()).get("status"))
        .isEqualTo("approved");
    answer(asked.text("redirect_url"), "complete");
    assertThat(rig.client.lookup(reference).get("status")).isEqualTo("declined");
    assertThat(rig.client.lookup(reference).get("captured_amount")).isEqualTo(0L);
  }

  private static String charge(String number, String initiator, String proof) throws IOException {
    Map<String, @Nullable Object> body = Client.authorization(Rig.reference(), number);
    body.put("initiator", initiator);
    body.put("network_transaction_id", proof);
    return rig.client.authorize(body).text("status");
  }

  private static Client.Reply get(String link) throws IOException {
    return rig.client.send(rig.client.toShopper(link).GET().build());
  }

  /** Answers as the page's form does. */
  private static Client.Reply answer(String link, String outcome) throws IOException {
    URI uri = URI.create(link);
    String form = uri.getQuery() + "&outcome=" + outcome;
    return post(link.substring(0, link.indexOf('?')), form);
  }

  private static Client.Reply post(String link, String form) throws IOException {
    return rig.client.send(
        rig.client
            .toShopper(link)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build());
  }
}
