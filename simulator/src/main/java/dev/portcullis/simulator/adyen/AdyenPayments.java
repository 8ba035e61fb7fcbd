package dev.portcullis.simulator.adyen;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.AuthorizationRequest;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.CardChecks;
import dev.portcullis.simulator.CardData;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.NetworkSaid;
import dev.portcullis.simulator.NetworkTransaction;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.PrintedId;
import dev.portcullis.simulator.Tree;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Payments and what the shopper brings back from a redirect. */
final class AdyenPayments {
  static final int PSP_LENGTH = 16;

  private final Desk desk;

  AdyenPayments(Desk desk) {
    this.desk = desk;
  }

  void routes() {
    desk.post("/v71/payments", "authorize", this::pay)
        .post("/v71/payments/details", "complete", this::details);
  }

  /** The merchant account of a request: free, but it must be there. */
  static String merchantAccount(Call call) {
    String account = new Tree(call.body()).at("merchantAccount").text();
    if (account == null) {
      throw AdyenErrors.invalid("901", "Invalid Merchant Account");
    }
    return account;
  }

  private Answer pay(Call call) {
    Tree body = new Tree(call.body());
    String account = merchantAccount(call);
    AdyenAmounts.Amount amount = AdyenAmounts.read(body.at("amount"));
    String reference = needed(body, "reference", "130", "Reference Missing");
    String returnUrl = needed(body, "returnUrl", "14_030", "Return URL is missing.");
    CardData card = card(body.at("paymentMethod"));
    boolean present = !body.at("shopperInteraction").orEmpty().equals("ContAuth");
    String wish = body.at("authenticationData", "attemptAuthentication").orEmpty();
    Operation.Authorization made =
        desk.books()
            .authorize(
                new AuthorizationRequest(
                    call.reference(),
                    new Operation.Terms(
                        amount.value(),
                        amount.currency(),
                        !body.at("additionalData", "manualCapture").isTrue(),
                        isStored(body, present),
                        card.last4(),
                        card.story()),
                    card,
                    present,
                    body.at("paymentMethod", "networkPaymentReference").text(),
                    returnUrl,
                    new AuthorizationRequest.Way(
                        wish.equals("always"),
                        false,
                        new Operation.Notes(reference, notes(body, account, card)))));
    if (wish.equals("never") && desk.challengeUrl(made) != null) {
      made = desk.books().giveUp(made.identity().id());
    }
    return new Answer(200, body(made));
  }

  private static boolean isStored(Tree body, boolean present) {
    return present
        && (body.at("storePaymentMethod").isTrue()
            || !body.at("recurringProcessingModel").isAbsent());
  }

  private static String needed(Tree body, String name, String code, String message) {
    String text = body.at(name).text();
    if (text == null) {
      throw AdyenErrors.invalid(code, message);
    }
    return text;
  }

  private static Map<String, String> notes(Tree body, String account, CardData card) {
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put("account", account);
    notes.put("method", card.brand().equals("mastercard") ? "mc" : card.brand());
    notes.put("expiry", card.expiry());
    notes.put("address", body.at("billingAddress").isAbsent() ? "" : "given");
    return notes;
  }

  private CardData card(Tree method) {
    if (!"scheme".equals(method.at("type").text())) {
      throw AdyenErrors.invalid("14_004", "Missing or unsupported payment method details");
    }
    String number = method.at("number").orEmpty();
    if (!number.matches("[0-9]{12,19}")) {
      throw AdyenErrors.card("incorrect_number");
    }
    CardData card =
        new CardData(
            number,
            method.at("expiryMonth").scalar(),
            method.at("expiryYear").scalar(),
            method.at("cvc").text());
    String flaw = card.flaw(YearMonth.from(desk.clock().instant().atZone(ZoneOffset.UTC)));
    if (flaw != null && !flaw.equals("expired_card")) {
      throw AdyenErrors.card(flaw);
    }
    return card;
  }

  private Answer details(Call call) {
    String result = new Tree(call.body()).at("details", "redirectResult").orEmpty();
    Operation.Authorization payment =
        returned(result)
            .orElseThrow(() -> AdyenErrors.invalid("14_018", "Invalid payload provided"));
    boolean waits = payment.outcome().status() == Operation.Status.REQUIRES_ACTION;
    if (waits && desk.challengeUrl(payment) != null) {
      throw AdyenErrors.invalid("14_018", "Invalid payload provided");
    }
    return new Answer(200, body(waits ? desk.books().complete(payment.identity().id()) : payment));
  }

  private Optional<Operation.Authorization> returned(String result) {
    return PrintedId.find(desk.books(), result.split("!", 2)[0])
        .filter(Operation.Authorization.class::isInstance)
        .map(Operation.Authorization.class::cast)
        .filter(payment -> payment.challenge() != null && redirectResult(payment).equals(result));
  }

  /** Opaque to whoever carries it; not the link's token, which opens the bank's page. */
  private static String redirectResult(Operation.Authorization payment) {
    String token = payment.challenge() == null ? "" : payment.challenge().token();
    return psp(payment) + "!" + new StringBuilder(token).reverse();
  }

  static String returnUrl(Operation.Authorization payment) {
    String url = payment.challenge() == null ? "" : payment.challenge().returnUrl();
    return url + (url.contains("?") ? "&" : "?") + "redirectResult=" + redirectResult(payment);
  }

  static String psp(Operation operation) {
    return PrintedId.of(operation, PSP_LENGTH);
  }

  private Map<String, @Nullable Object> body(Operation.Authorization payment) {
    String challenge = desk.challengeUrl(payment);
    Members body =
        new Members()
            .put("additionalData", additional(payment))
            .put("pspReference", psp(payment))
            .put("resultCode", resultCode(payment))
            .put("amount", AdyenAmounts.write(payment.terms().amount(), payment.terms().currency()))
            .some("merchantReference", payment.notes().alias())
            .put(
                "paymentMethod",
                new Members().put("brand", payment.notes().get("method")).put("type", "scheme"));
    String decline = payment.outcome().declineCode();
    if (decline != null) {
      AdyenErrors.Reason reason = AdyenErrors.reason(decline);
      body.put("refusalReason", reason.text()).put("refusalReasonCode", reason.code());
    }
    if (challenge != null) {
      body.put(
          "action",
          new Members()
              .put("paymentMethodType", "scheme")
              .put("url", challenge)
              .put("method", "GET")
              .put("type", "redirect"));
    }
    return body.build();
  }

  private static String resultCode(Operation.Authorization payment) {
    return switch (payment.outcome().status()) {
      case APPROVED -> "Authorised";
      case DECLINED -> "Refused";
      case REQUIRES_ACTION -> "RedirectShopper";
      case PENDING, CREATED -> "Pending";
    };
  }

  private static Members additional(Operation.Authorization payment) {
    boolean approved = payment.outcome().status() == Operation.Status.APPROVED;
    CardChecks said = CardChecks.of(payment);
    Members data =
        new Members()
            .put("cardSummary", payment.terms().last4())
            .put("expiryDate", payment.notes().get("expiry"))
            .put("paymentMethod", payment.notes().get("method"))
            .put("merchantReference", payment.notes().alias())
            .put("cvcResult", cvc(said.cvc()));
    if (!payment.notes().get("address").isEmpty()) {
      data.put("avsResult", avs(said));
    }
    if (approved) {
      data.put("authCode", CardChecks.authorizationCode(payment))
          .put("networkTxReference", NetworkTransaction.of(payment));
    }
    raw(data, payment);
    boolean failed = "authentication_failed".equals(payment.outcome().declineCode());
    if (payment.outcome().authenticated() || failed) {
      data.put("threeDSVersion", "2.2.0").put("threeDAuthenticated", failed ? "false" : "true");
    }
    return data;
  }

  /** What the network said, where the account has asked for it; its code for two networks alone. */
  private static void raw(Members data, Operation.Authorization payment) {
    NetworkSaid said = NetworkSaid.of(payment);
    String decline = payment.outcome().declineCode();
    if (said == null || decline == null) {
      return;
    }
    data.put("refusalReasonRaw", said.declineCode() + " : " + AdyenErrors.reason(decline).text());
    String method = payment.notes().get("method");
    if (method.equals("visa") || method.equals("mc")) {
      data.put("refusalCodeRaw", said.declineCode());
    }
    if (said.adviceCode() != null) {
      data.put("merchantAdviceCode", said.adviceCode() + " : " + said.action().replace('_', ' '));
    }
  }

  private static String cvc(String check) {
    return switch (check) {
      case "pass" -> "1 Matches";
      case "fail" -> "2 Doesn't match";
      default -> "6 No CVC/CVV provided";
    };
  }

  private static String avs(CardChecks said) {
    boolean line = said.line1().equals("pass");
    boolean code = said.postalCode().equals("pass");
    if (said.line1().equals("unavailable")) {
      return "3 AVS unavailable";
    }
    if (line) {
      return code
          ? "7 Both postal code and address match"
          : "1 Address matches, postal code doesn't";
    }
    return code
        ? "6 Postal code matches, address doesn't match"
        : "2 Neither postal code nor address match";
  }
}
