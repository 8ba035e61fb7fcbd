package dev.portcullis.connectors.adyen;

import dev.portcullis.connectors.spi.BodyBuilder;
import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Money;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What goes to Adyen. The merchant account, and that a card pays, are the policy's. */
final class AdyenRequests {

  /** What Adyen asks for where a part of an address is not known. */
  private static final String NOT_KNOWN = "N/A";

  private static final String NO_COUNTRY = "ZZ";

  /** Adyen's own bound of what a redirect brings back. */
  private static final int LONGEST_RESULT = 20_000;

  private AdyenRequests() {}

  static ForwardRequest of(ProviderOperation operation) {
    return switch (operation) {
      case ProviderOperation.Authorize authorize ->
          new ForwardRequest("adyen.authorize", Map.of(), payment(authorize).build());
      case ProviderOperation.Complete complete ->
          new ForwardRequest("adyen.complete", Map.of(), completion(complete).build());
      case ProviderOperation.Capture(String id, String payment, Money amount) ->
          about("adyen.capture", payment, movement(id, amount));
      case ProviderOperation.Cancel cancel ->
          about(
              // A reversal gives back what may have been taken by now; a cancellation would fail.
              cancel.taken() == null ? "adyen.cancel" : "adyen.reverse",
              cancel.providerReference(),
              new BodyBuilder().put("reference", cancel.id()));
      case ProviderOperation.Refund(String id, String payment, Money amount) ->
          about("adyen.refund", payment, movement(id, amount));
      case ProviderOperation.Lookup _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          throw new IllegalArgumentException("not asked of Adyen: " + operation.kind());
    };
  }

  private static ForwardRequest about(String operation, String payment, BodyBuilder body) {
    return new ForwardRequest(operation, Map.of("payment", payment), body.build());
  }

  private static BodyBuilder movement(String id, Money amount) {
    return new BodyBuilder().put("amount", amount(amount)).put("reference", id);
  }

  private static BodyBuilder amount(Money amount) {
    return new BodyBuilder()
        .put("currency", AdyenConnector.AMOUNTS.code(amount.currency()))
        .put("value", AdyenConnector.AMOUNTS.amount(amount));
  }

  private static BodyBuilder payment(ProviderOperation.Authorize authorize) {
    CardUse use = authorize.use();
    Shopper shopper = authorize.shopper();
    boolean merchant = use.initiator() == Initiator.MERCHANT;
    boolean taken = authorize.capture() && !authorize.amount().isZero();
    return movement(authorize.id(), authorize.amount())
        .put("paymentMethod", card(use, shopper))
        .put("returnUrl", authorize.challenge().returnUrl())
        .put("shopperInteraction", merchant ? "ContAuth" : "Ecommerce")
        .put("recurringProcessingModel", model(use))
        .put("captureDelayHours", taken ? 0L : null)
        .put(
            "additionalData",
            authorize.capture() || authorize.amount().isZero()
                ? new BodyBuilder()
                : new BodyBuilder().put("manualCapture", "true"))
        .put("authenticationData", authentication(authorize))
        .put("threeDS2RequestData", question(authorize))
        .put("channel", merchant ? null : "Web")
        .put("browserInfo", merchant ? new BodyBuilder() : browser(authorize.challenge().browser()))
        .text("shopperEmail", shopper.email())
        .text("shopperIP", shopper.ip())
        .text("telephoneNumber", shopper.phone())
        .put("billingAddress", address(shopper.address()));
  }

  private static BodyBuilder card(CardUse use, Shopper shopper) {
    return new BodyBuilder()
        .put("number", "{{card.number}}")
        .put("expiryMonth", "{{card.exp_month}}")
        .put("expiryYear", "{{card.exp_year}}")
        .put("cvc", "{{card.cvc}}")
        .text("holderName", shopper.name())
        .text(
            "networkPaymentReference",
            use.initiator() == Initiator.MERCHANT ? use.networkTransactionId() : null);
  }

  /** What a stored card is for: the gateway does not know a schedule. */
  private static @Nullable String model(CardUse use) {
    return use.store() || use.initiator() == Initiator.MERCHANT ? "UnscheduledCardOnFile" : null;
  }

  private static BodyBuilder authentication(ProviderOperation.Authorize authorize) {
    if (authorize.use().initiator() == Initiator.MERCHANT) {
      return new BodyBuilder();
    }
    BodyBuilder byRedirect =
        new BodyBuilder()
            .put("threeDSRequestData", new BodyBuilder().put("nativeThreeDS", "disabled"));
    return switch (authorize.challenge().wish()) {
      case IF_NEEDED -> byRedirect;
      case ALWAYS, QUESTION -> byRedirect.put("attemptAuthentication", "always");
      case NEVER -> new BodyBuilder().put("attemptAuthentication", "never");
    };
  }

  /** What the shop would rather have, in EMVCo's number: a question, which none can order. */
  private static BodyBuilder question(ProviderOperation.Authorize authorize) {
    boolean wished =
        authorize.mayChallenge() && authorize.challenge().wish() == Challenge.Wish.QUESTION;
    return wished ? new BodyBuilder().put("threeDSRequestorChallengeInd", "03") : new BodyBuilder();
  }

  /**
   * The headers alone matter to a redirect; the rest is required all the same, and 3-D Secure's
   * page measures it by itself.
   */
  private static BodyBuilder browser(Challenge.@Nullable Browser browser) {
    return browser == null
        ? new BodyBuilder()
        : new BodyBuilder()
            .text("userAgent", browser.userAgent())
            .text("acceptHeader", browser.accept())
            .text("language", browser.language())
            .put("javaEnabled", false)
            .put("javaScriptEnabled", true)
            .put("colorDepth", 24L)
            .put("screenHeight", 768L)
            .put("screenWidth", 1024L)
            .put("timeZoneOffset", 0L);
  }

  /** All of an address or none: Adyen requires five parts of it. */
  private static BodyBuilder address(Shopper.Address address) {
    return address.isEmpty()
        ? new BodyBuilder()
        : new BodyBuilder()
            .text("street", known(address.line1()))
            .text("houseNumberOrName", known(address.line2()))
            .text("city", known(address.city()))
            .text("postalCode", known(address.postalCode()))
            .text("stateOrProvince", address.state())
            .text("country", address.country() == null ? NO_COUNTRY : address.country());
  }

  private static String known(@Nullable String part) {
    return part == null || part.isBlank() ? NOT_KNOWN : part;
  }

  /** Only what Adyen's redirect appends: whatever else stands in the URL is a stranger's. */
  private static BodyBuilder completion(ProviderOperation.Complete complete) {
    String result = complete.returned().getOrDefault("redirectResult", "");
    String bounded = result.length() > LONGEST_RESULT ? "" : result;
    return new BodyBuilder()
        .put("details", Map.of("redirectResult", ForwardRequest.literal(bounded)));
  }
}
