package dev.portcullis.simulator.paypal;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.AuthorizationRequest;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.CardData;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Story;
import dev.portcullis.simulator.Tree;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Orders: made, paid with a card at once or later, looked up. */
final class PayPalOrders {
  private final Desk desk;
  private final PayPalObjects objects;

  PayPalOrders(Desk desk) {
    this.desk = desk;
    this.objects = new PayPalObjects(desk);
  }

  void routes() {
    desk.post("/v2/checkout/orders", "order", this::create)
        .get("/v2/checkout/orders/{id}", "lookup", call -> answer(call, 200, order(call)))
        .post("/v2/checkout/orders/{id}/capture", "pay", call -> pay(call, true))
        .post("/v2/checkout/orders/{id}/authorize", "authorize", call -> pay(call, false));
  }

  private Answer create(Call call) {
    Tree body = new Tree(call.body());
    String intent = body.at("intent").orEmpty();
    if (!Set.of("CAPTURE", "AUTHORIZE").contains(intent)) {
      throw PayPalErrors.field("INVALID_PARAMETER_SYNTAX", "/intent");
    }
    if (body.at("purchase_units").each().size() != 1) {
      throw PayPalErrors.field("MISSING_REQUIRED_PARAMETER", "/purchase_units");
    }
    Tree unit = body.at("purchase_units").each().getFirst();
    PayPalAmounts.Amount amount =
        PayPalAmounts.read(unit.at("amount"), "/purchase_units/@reference_id=='default'/amount");
    Tree card = body.at("payment_source", "card");
    CardData data = card.isAbsent() ? null : card(call, card);
    requireNewInvoice(unit.at("invoice_id").text());
    Operation.Authorization made =
        desk.books()
            .create(
                call.reference(),
                new Operation.Terms(
                    amount.value(),
                    amount.currency(),
                    intent.equals("CAPTURE"),
                    false,
                    "",
                    Story.APPROVE),
                notes(unit));
    return answer(call, 201, data == null ? made : confirmed(made, data, card));
  }

  private static Operation.Notes notes(Tree unit) {
    Map<String, String> notes = new LinkedHashMap<>();
    for (String name : new String[] {"reference_id", "custom_id"}) {
      String text = unit.at(name).text();
      if (text != null) {
        notes.put(name, text);
      }
    }
    return new Operation.Notes(unit.at("invoice_id").text(), notes);
  }

  /** An invoice is paid once. */
  private void requireNewInvoice(@Nullable String invoice) {
    boolean paid =
        invoice != null
            && desk.books().named(invoice).orElse(null) instanceof Operation.Authorization before
            && before.outcome().status() == Operation.Status.APPROVED;
    if (paid) {
      throw PayPalErrors.issue("DUPLICATE_INVOICE_ID");
    }
  }

  private CardData card(Call call, Tree card) {
    if (call.header("PayPal-Request-Id").isEmpty()) {
      throw PayPalErrors.field("PAYPAL_REQUEST_ID_REQUIRED", "PayPal-Request-Id");
    }
    String number = card.at("number").orEmpty();
    if (!number.matches("[0-9]{12,19}")) {
      throw PayPalErrors.field("INVALID_PARAMETER_SYNTAX", "/payment_source/card/number");
    }
    String expiry = card.at("expiry").orEmpty();
    if (!expiry.matches("[0-9]{4}-(0[1-9]|1[0-2])")) {
      throw PayPalErrors.field("INVALID_PARAMETER_SYNTAX", "/payment_source/card/expiry");
    }
    CardData data =
        new CardData(
            number, expiry.substring(5), expiry.substring(0, 4), card.at("security_code").text());
    String flaw = data.flaw(YearMonth.from(desk.clock().instant().atZone(ZoneOffset.UTC)));
    if (flaw != null) {
      throw switch (flaw) {
        case "expired_card" -> PayPalErrors.issue("CARD_EXPIRED");
        case "invalid_cvc" -> PayPalErrors.issue("INVALID_SECURITY_CODE_LENGTH");
        case "incorrect_number" ->
            PayPalErrors.field("INVALID_PARAMETER_SYNTAX", "/payment_source/card/number");
        default -> PayPalErrors.field("INVALID_PARAMETER_SYNTAX", "/payment_source/card/expiry");
      };
    }
    return data;
  }

  private Operation.Authorization confirmed(
      Operation.Authorization order, CardData data, Tree card) {
    Tree stored = card.at("stored_credential");
    Operation.Terms terms = order.terms();
    String verification = card.at("attributes", "verification", "method").orEmpty();
    Map<String, String> seen = new LinkedHashMap<>();
    seen.put("brand", data.brand());
    seen.put("expiry", data.expiry());
    seen.put("address", card.at("billing_address").isAbsent() ? "" : "given");
    Operation.Authorization after =
        desk.books()
            .confirm(
                order.identity().id(),
                new AuthorizationRequest(
                    order.identity().reference(),
                    new Operation.Terms(
                        terms.amount(),
                        terms.currency(),
                        terms.capture(),
                        stored.at("usage").orEmpty().equals("FIRST"),
                        data.last4(),
                        data.story()),
                    data,
                    !stored.at("payment_initiator").orEmpty().equals("MERCHANT"),
                    stored.at("previous_network_transaction_reference", "id").text(),
                    card.at("experience_context", "return_url").orEmpty(),
                    new AuthorizationRequest.Way(
                        verification.equals("SCA_ALWAYS"), false, order.notes().with(seen))));
    // Without the merchant's wish nobody is authenticated: the issuer refuses what it wants proved.
    return verification.isEmpty() && desk.challengeUrl(after) != null
        ? desk.books().giveUp(after.identity().id())
        : after;
  }

  private Answer pay(Call call, boolean capture) {
    Operation.Authorization order = order(call);
    if (order.terms().capture() != capture) {
      throw PayPalErrors.issue("ACTION_DOES_NOT_MATCH_INTENT");
    }
    return switch (order.outcome().status()) {
      case APPROVED, DECLINED, PENDING ->
          throw PayPalErrors.issue(capture ? "ORDER_ALREADY_CAPTURED" : "ORDER_ALREADY_AUTHORIZED");
      case REQUIRES_ACTION -> {
        String challenge = desk.challengeUrl(order);
        yield challenge == null
            ? answer(call, 201, desk.books().complete(order.identity().id()))
            : PayPalErrors.challenge(challenge);
      }
      case CREATED -> {
        Tree card = new Tree(call.body()).at("payment_source", "card");
        if (card.isAbsent()) {
          throw PayPalErrors.issue("ORDER_NOT_APPROVED");
        }
        Operation.Authorization paid = confirmed(order, card(call, card), card);
        String challenge = desk.challengeUrl(paid);
        yield challenge == null ? answer(call, 201, paid) : PayPalErrors.challenge(challenge);
      }
    };
  }

  private Operation.Authorization order(Call call) {
    if (objects.find(call.variable("id")).orElse(null) instanceof Operation.Authorization order) {
      return order;
    }
    throw PayPalErrors.missing();
  }

  private Answer answer(Call call, int status, Operation.Authorization order) {
    return new Answer(status, preferred(call, objects.order(order)));
  }

  /** All of it, or the little that is told to whoever did not ask for more. */
  static Map<String, @Nullable Object> preferred(Call call, Map<String, @Nullable Object> whole) {
    if (call.isRead() || call.header("Prefer").contains("return=representation")) {
      return whole;
    }
    Map<String, @Nullable Object> little = new LinkedHashMap<>(whole);
    little.keySet().retainAll(Set.of("id", "status", "links", "payment_source", "purchase_units"));
    return little;
  }
}
