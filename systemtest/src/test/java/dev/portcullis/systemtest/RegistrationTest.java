package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Providers that are told by their own APIs where their notifications go, and then send them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistrationTest {

  private static final List<String> CONNECTORS =
      List.of("stripe", "adyen", "checkoutcom", "authorizenet", "paypal");

  /** The gateway's management listener, counted from the first port. */
  private static final int GATEWAY = 6;

  private Portcullis portcullis;
  private PretendedProviders providers;

  @BeforeAll
  void start() throws Exception {
    portcullis = Portcullis.start();
    providers = PretendedProviders.unregistered(portcullis, CONNECTORS);
  }

  @AfterAll
  void stop() throws Exception {
    portcullis.close();
  }

  @Test
  void eachIsToldAndKnowsAndForgets() throws Exception {
    for (String connector : CONNECTORS) {
      assertThat(providers.notifications("check", connector))
          .as(connector)
          .contains("does not know");
      String told = providers.notifications("register", connector);
      assertThat(told).as(connector).contains("is told to send to");
      boolean keeps = List.of("stripe", "adyen", "checkoutcom").contains(connector);
      assertThat(told.contains("What they are signed with is secret://" + connector + "_shop"))
          .as(told)
          .isEqualTo(keeps);
      assertThat(providers.notifications("check", connector))
          .as(connector)
          .contains("is told to send to");
    }
    providers.agreeOnRemoval("authorizenet");
    assertThat(providers.notifications("check", "authorizenet")).contains("is told to send to");
    String removed = providers.notifications("remove", "authorizenet");
    assertThat(removed).contains("no more");
    assertThat(providers.notifications("check", "authorizenet")).contains("does not know");
    for (String connector : List.of("stripe", "adyen", "checkoutcom")) {
      providers.routeTo(connector);
      double before = received("stored");
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                JsonObject paid = pay();
                assertThat(received("stored")).as(connector + " " + paid).isGreaterThan(before);
              });
      assertThat(received("unverified")).as(connector).isZero();
    }
  }

  private JsonObject pay() throws Exception {
    Http.Answer answer =
        Http.send(
            Http.request(portcullis.api() + "/v1/payment_intents")
                .header("Authorization", "Bearer " + portcullis.secretKey()),
            Map.of(
                "amount", "2500",
                "currency", "usd",
                "confirm", "true",
                "return_url", "https://shop.example/done",
                "payment_method", "pm_card_visa"));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private double received(String outcome) {
    return portcullis.metric(
        GATEWAY, "portcullis_notifications_received_total{outcome=\"" + outcome + "\"}");
  }
}
