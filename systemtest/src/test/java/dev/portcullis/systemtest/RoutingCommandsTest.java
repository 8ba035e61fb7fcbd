package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a person asks of routing at the command line. */
@Order(52)
@ExtendWith(SharedPortcullis.class)
class RoutingCommandsTest {

  private static final String ASKING =
      "{\"default\": {\"providers\": [\"sandbox\"]}, \"retry_later\": {\"attempts\": 1, \"days\":"
          + " 3}}";

  @Test
  void whatIsGoingToBeTriedAgainIsListedAndNoMoreOnceItIsCalledOff(Portcullis portcullis)
      throws Exception {
    Administrator administrator = Administrator.of(portcullis);
    long version =
        administrator
            .json("routing", "propose", Administrator.file(ASKING))
            .get("version")
            .getAsLong();
    administrator.run("routing", "activate", Long.toString(version)).succeeded();
    try {
      String payment = declined(portcullis);
      String line =
          administrator
              .run("routing", "retries")
              .succeeded()
              .lines()
              .filter(each -> each.contains(payment))
              .findFirst()
              .orElseThrow();
      assertThat(line)
          .matches(
              "20\\d\\d-\\d\\d-\\d\\dT[0-9:]+Z  "
                  + payment
                  + "  retry 1: generic_decline may change\\.");
      Http.Answer canceled =
          Http.post(
              portcullis.api() + "/v1/payment_intents/" + payment + "/cancel",
              portcullis.secretKey(),
              Map.of());
      assertThat(canceled.status()).as(canceled.body()).isEqualTo(200);
      assertThat(administrator.run("routing", "retries").succeeded()).doesNotContain(payment);
    } finally {
      administrator.run("routing", "rollback").succeeded();
    }
  }

  /** A merchant's own charge of a stored card, which its issuer declines. */
  private static String declined(Portcullis portcullis) throws Exception {
    String api = portcullis.api() + "/v1/";
    String key = portcullis.secretKey();
    String customer =
        Http.post(api + "customers", key, Map.of("name", "Ada")).json().get("id").getAsString();
    Http.Answer kept =
        Http.post(
            api + "payment_methods/pm_card_chargeCustomerFail/attach",
            key,
            Map.of("customer", customer));
    assertThat(kept.status()).as(kept.body()).isEqualTo(200);
    Http.Answer refused =
        Http.post(
            api + "payment_intents",
            key,
            Map.of(
                "amount",
                "1999",
                "currency",
                "usd",
                "customer",
                customer,
                "payment_method",
                kept.json().get("id").getAsString(),
                "off_session",
                "true",
                "confirm",
                "true"));
    assertThat(refused.status()).as(refused.body()).isEqualTo(402);
    return refused
        .json()
        .getAsJsonObject("error")
        .getAsJsonObject("payment_intent")
        .get("id")
        .getAsString();
  }
}
