package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Amounts and currencies, seen from a client. */
class AmountsTest {

  private final Gateway gateway = Gateway.IT;

  @ParameterizedTest
  @CsvSource({
    "usd,49,amount_too_small,0.50 USD",
    "jpy,49,amount_too_small,50 JPY",
    "huf,17499,amount_too_small,175.00 HUF",
    "usd,100000000,amount_too_large,999999.99 USD",
    "jpy,100000000,amount_too_large,99999999 JPY",
    "kwd,100000000,amount_too_large,99999.999 KWD",
    "kwd,5124,parameter_invalid_integer,divisible by 10",
    "isk,550,parameter_invalid_integer,divisible by 100",
    "ugx,1,amount_too_small,1.00 UGX"
  })
  void an_amount_that_cannot_be_charged_is_refused(
      String currency, String amount, String code, String told) {
    Answer answer = gateway.post("/v1/payment_intents", "amount", amount, "currency", currency);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.error())
        .containsEntry("type", "invalid_request_error")
        .containsEntry("code", code)
        .containsEntry("param", "amount");
    assertThat((String) answer.error().get("message")).contains(told);
  }

  @ParameterizedTest
  @CsvSource({"usd,50", "jpy,50", "kwd,5120", "isk,500", "UGX,100", "huf,17501", "usd,99999999"})
  void an_amount_within_the_limits_is_taken(String currency, String amount) {
    Answer answer = gateway.post("/v1/payment_intents", "amount", amount, "currency", currency);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.body()).containsEntry("amount", Long.parseLong(amount));
  }

  @Test
  void an_update_is_held_to_the_same_limits() {
    String path =
        "/v1/payment_intents/"
            + gateway.post("/v1/payment_intents", "amount", "55", "currency", "usd").string("id");
    assertThat(gateway.post(path, "amount", "49").error())
        .containsEntry("code", "amount_too_small");
    assertThat(gateway.post(path, "currency", "hkd").error())
        .containsEntry("code", "amount_too_small");
    assertThat(gateway.post(path, "description", "d").status()).isEqualTo(200);
  }

  @Test
  void a_part_has_no_minimum_but_the_currencys_step() {
    String[] paid = {"currency", "kwd", "payment_method", "pm_card_visa", "confirm", "true"};
    Answer held = gateway.post("/v1/payment_intents", with(paid, "7770", "manual"));
    assertThat(held.status()).as(held.text()).isEqualTo(200);
    String path = "/v1/payment_intents/" + held.string("id") + "/capture";
    assertThat(gateway.post(path, "amount_to_capture", "5124").error())
        .containsEntry("param", "amount_to_capture");
    assertThat(gateway.post(path, "amount_to_capture", "5120").status()).isEqualTo(200);
    assertThat(
            gateway
                .post("/v1/refunds", "payment_intent", held.string("id"), "amount", "11")
                .error())
        .containsEntry("param", "amount");
    assertThat(
            gateway
                .post("/v1/refunds", "payment_intent", held.string("id"), "amount", "10")
                .status())
        .isEqualTo(200);
  }

  private static String[] with(String[] form, String amount, String captureMethod) {
    String[] all = java.util.Arrays.copyOf(form, form.length + 4);
    all[form.length] = "amount";
    all[form.length + 1] = amount;
    all[form.length + 2] = "capture_method";
    all[form.length + 3] = captureMethod;
    return all;
  }
}
