package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.stripe.model.Account;
import com.stripe.model.Balance;
import com.stripe.model.BalanceTransaction;
import com.stripe.model.Charge;
import com.stripe.model.Customer;
import com.stripe.model.Dispute;
import com.stripe.model.Event;
import com.stripe.model.LineItem;
import com.stripe.model.Mandate;
import com.stripe.model.PaymentIntent;
import com.stripe.model.PaymentLink;
import com.stripe.model.PaymentMethod;
import com.stripe.model.Refund;
import com.stripe.model.SetupIntent;
import com.stripe.model.StripeObject;
import com.stripe.model.Token;
import com.stripe.model.WebhookEndpoint;
import com.stripe.model.checkout.Session;
import com.stripe.model.radar.ValueList;
import com.stripe.model.radar.ValueListItem;
import com.stripe.net.ApiResource;
import dev.portcullis.systemtest.Tour.Stop;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every answer through the models of stripe-java and back: a member that the models do not know, or
 * read as another type, is lost on the way; one that they have and the answer has not is seen too.
 */
@ExtendWith(SharedPortcullis.class)
class StripeJavaFieldsTest {

  private static final Map<String, Class<? extends StripeObject>> MODELS =
      Map.ofEntries(
          Map.entry("account", Account.class),
          Map.entry("balance", Balance.class),
          Map.entry("balance_transaction", BalanceTransaction.class),
          Map.entry("charge", Charge.class),
          Map.entry("checkout.session", Session.class),
          Map.entry("customer", Customer.class),
          Map.entry("dispute", Dispute.class),
          Map.entry("event", Event.class),
          Map.entry("item", LineItem.class),
          Map.entry("mandate", Mandate.class),
          Map.entry("payment_intent", PaymentIntent.class),
          Map.entry("payment_link", PaymentLink.class),
          Map.entry("payment_method", PaymentMethod.class),
          Map.entry("radar.value_list", ValueList.class),
          Map.entry("radar.value_list_item", ValueListItem.class),
          Map.entry("refund", Refund.class),
          Map.entry("setup_intent", SetupIntent.class),
          Map.entry("token", Token.class),
          Map.entry("webhook_endpoint", WebhookEndpoint.class));

  /** What an object has only at times: expanded, for other ways to pay, or of other products. */
  private static final Map<String, Set<String>> AT_TIMES =
      Map.ofEntries(
          Map.entry(
              "checkout.session",
              Set.of(
                  "branding_settings",
                  "excluded_payment_method_types",
                  "line_items",
                  "name_collection",
                  "optional_items",
                  "presentment_details",
                  "redirect_on_completion",
                  "return_url",
                  "tax_id_collection")),
          Map.entry("item", Set.of("discounts", "taxes")),
          Map.entry(
              "payment_link",
              Set.of(
                  "line_items", "managed_payments", "name_collection", "payment_method_options")),
          Map.entry("mandate", Set.of("on_behalf_of", "single_use")),
          Map.entry(
              "account",
              Set.of(
                  "company",
                  "deleted",
                  "external_accounts",
                  "future_requirements",
                  "groups",
                  "individual",
                  "requirements",
                  "risk_controls",
                  "tos_acceptance")),
          Map.entry(
              "balance",
              Set.of(
                  "connect_reserved",
                  "instant_available",
                  "issuing",
                  "refund_and_dispute_prefunding")),
          Map.entry(
              "charge",
              Set.of("authorization_code", "level3", "presentment_details", "refunds", "transfer")),
          Map.entry(
              "customer",
              Set.of(
                  "business_name",
                  "cash_balance",
                  "deleted",
                  "individual_name",
                  "invoice_credit_balance",
                  "sources",
                  "subscriptions",
                  "tax",
                  "tax_ids")),
          Map.entry("event", Set.of("account", "context", "reason")),
          Map.entry("payment_intent", Set.of("hooks", "payment_details", "presentment_details")),
          Map.entry("payment_method", Set.of("custom", "radar_options")),
          Map.entry(
              "refund",
              Set.of(
                  "description",
                  "failure_balance_transaction",
                  "failure_reason",
                  "instructions_email",
                  "next_action",
                  "pending_reason",
                  "presentment_details")),
          Map.entry("radar.value_list", Set.of("deleted")),
          Map.entry("radar.value_list_item", Set.of("deleted")),
          Map.entry("setup_intent", Set.of("attach_to_self")),
          Map.entry("token", Set.of("bank_account")),
          Map.entry("webhook_endpoint", Set.of("deleted", "secret")));

  /** What Stripe keeps in its dashboard, and what it has not. */
  private static final Set<String> OUR_OWN =
      Set.of("api_settings", "card_alias", "page_branding", "request_log");

  private static final Set<String> OUR_MEMBERS =
      Set.of("webhook_endpoint.payload", "webhook_endpoint.public_key");

  /** What the newest version shows and this version of stripe-java, which is older, has not. */
  private static final Set<String> NEWER =
      Set.of(
          "allowed_payment_method_types",
          "payment_record",
          "electronic_commerce_indicator",
          "intended_submission_method",
          "submission_method");

  @Test
  void everyMemberIsKnownAndNoneIsMissing(Portcullis portcullis) {
    Set<String> faults = new TreeSet<>();
    int read = 0;
    for (Stop stop : Tour.of(Tour.Place.of(portcullis), "2026-10-28.endive")) {
      read += read(stop.body(), faults);
    }
    assertThat(faults).isEmpty();
    assertThat(read).isGreaterThan(100);
  }

  static int read(JsonObject body, Set<String> faults) {
    if (body.has("error")) {
      return body.getAsJsonObject("error").entrySet().stream()
          .filter(entry -> entry.getValue().isJsonObject())
          .mapToInt(entry -> read(entry.getValue().getAsJsonObject(), faults))
          .sum();
    }
    String object = body.get("object").getAsString();
    if (object.equals("list") || object.equals("search_result")) {
      return body.getAsJsonArray("data").asList().stream()
          .mapToInt(one -> read(one.getAsJsonObject(), faults))
          .sum();
    }
    if (OUR_OWN.contains(object)) {
      return 0;
    }
    assertThat(MODELS).containsKey(object);
    int more = 0;
    JsonObject sent = body.deepCopy();
    if (object.equals("event")) {
      more = read(sent.getAsJsonObject("data").getAsJsonObject("object"), faults);
      // Its object is read on its own: the models keep it as it came.
      sent.remove("data");
    }
    StripeObject model = ApiResource.GSON.fromJson(sent, MODELS.get(object));
    JsonObject back = JsonParser.parseString(model.toJson()).getAsJsonObject();
    compare(object, sent, back, faults);
    if (!body.has("deleted")) {
      back.keySet().stream()
          .filter(name -> !body.has(name) && !isAtTimes(object, name))
          .forEach(name -> faults.add(object + "." + name + " is missing"));
    }
    return more + 1;
  }

  private static boolean isAtTimes(String object, String name) {
    boolean otherWayToPay =
        object.equals("payment_method")
            && Arrays.stream(PaymentMethod.class.getDeclaredClasses())
                .anyMatch(c -> c.getSimpleName().equalsIgnoreCase(name.replace("_", "")));
    return otherWayToPay || AT_TIMES.getOrDefault(object, Set.of()).contains(name);
  }

  /** A decimal is a text on the wire and a number in the models. */
  private static boolean isSameDecimal(String path, JsonElement sent, JsonElement back) {
    return path.endsWith("_decimal")
        && back.isJsonPrimitive()
        && sent.getAsString().equals(back.getAsString());
  }

  /** Whatever was sent came back. */
  private static void compare(String path, JsonElement sent, JsonElement back, Set<String> faults) {
    if (sent.isJsonObject() && back.isJsonObject()) {
      sent.getAsJsonObject()
          .asMap()
          .forEach(
              (name, value) -> {
                String at = path + "." + name;
                if (back.getAsJsonObject().has(name)) {
                  compare(at, value, back.getAsJsonObject().get(name), faults);
                } else if (!NEWER.contains(name) && !OUR_MEMBERS.contains(at)) {
                  faults.add(at + " is unknown");
                }
              });
    } else if (sent.isJsonArray() && back.isJsonArray()) {
      JsonArray one = sent.getAsJsonArray();
      JsonArray other = back.getAsJsonArray();
      if (one.size() != other.size()) {
        faults.add(path + " has another length");
        return;
      }
      for (int at = 0; at < one.size(); at++) {
        compare(path + "[]", one.get(at), other.get(at), faults);
      }
    } else if (!sent.equals(back) && !isSameDecimal(path, sent, back)) {
      faults.add(path + " is read as another value");
    }
  }
}
