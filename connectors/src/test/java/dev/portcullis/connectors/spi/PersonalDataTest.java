package dev.portcullis.connectors.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Money;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is logged of an operation by mistake tells nothing of the person behind it. */
class PersonalDataTest {

  @Test
  void noOperationShowsThePersonBehindIt() {
    Shopper shopper =
        new Shopper(
            "Jenny",
            "jenny@",
            "0100",
            new Shopper.Address("Main", "Flat", "Dublin", "D", "D02", "IE"),
            "203.0");
    Challenge challenge =
        new Challenge(
            Challenge.Wish.ALWAYS,
            "https://shop.example/secret",
            new Challenge.Browser("Mozilla", "text/html", "en"));
    String shown =
        new ProviderOperation.Authorize(
                    "op_1", Money.of(1, "usd"), true, CardUse.ONCE, shopper, challenge)
                .toString()
            + new ProviderOperation.Complete(
                "op_2", "op_1", Money.of(1, "usd"), true, null, Map.of("redirectResult", "proof"))
            + new ProviderResult.RequiresAction("ref", "https://acs.example/secret")
            + shopper.address()
            + challenge.browser();
    assertThat(shown)
        .contains("op_1")
        .doesNotContain(
            "Jenny",
            "jenny@",
            "0100",
            "Main",
            "Flat",
            "Dublin",
            "D02",
            "203.0",
            "secret",
            "Mozilla",
            "text/html",
            "proof");
  }
}
