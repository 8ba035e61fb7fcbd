package dev.portcullis.cli.webhooks;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What it takes to make each event happen. */
final class Recipes {

  /** By the event's type. */
  static final Map<String, Trigger> ALL = all();

  private Recipes() {}

  /**
   * How one is made to happen.
   *
   * @param about the id that the event's object, or the payment it belongs to, has; {@code {0.id}}
   *     is the member {@code id} of the first step's answer
   */
  record Trigger(String about, List<Step> steps) {
    Trigger {
      steps = List.copyOf(steps);
    }
  }

  /** One request, or a wait for what it leads to. */
  sealed interface Step {}

  record Post(String path, Map<String, String> form) implements Step {
    Post {
      form = Map.copyOf(form);
    }
  }

  record Delete(String path) implements Step {}

  /** The page of a Checkout Session, at that address, with a card's name entered on it. */
  record PayOnPage(String url, Map<String, String> entry) implements Step {
    PayOnPage {
      entry = Map.copyOf(entry);
    }
  }

  /** Its answer is the event. */
  record Wait(String type, String about) implements Step {}

  private static Map<String, Trigger> all() {
    Map<String, Trigger> all = new HashMap<>();
    payments(all);
    charges(all);
    disputes(all);
    setups(all);
    customers(all);
    return Map.copyOf(all);
  }

  private static void payments(Map<String, Trigger> all) {
    add(all, "payment_intent.created", "{0.id}", pay());
    add(all, "payment_intent.succeeded", "{0.id}", pay("confirm", "true"));
    add(all, "payment_intent.payment_failed", "{0.error.payment_intent.id}", declined());
    add(
        all,
        "payment_intent.requires_action",
        "{0.id}",
        pay(
            "confirm",
            "true",
            "payment_method",
            "pm_card_authenticationRequired",
            "return_url",
            "https://shop.example.com/done"));
    add(all, "payment_intent.amount_capturable_updated", "{0.id}", held());
    add(all, "payment_intent.canceled", "{0.id}", pay(), post("/v1/payment_intents/{0.id}/cancel"));
  }

  private static void charges(Map<String, Trigger> all) {
    Step refund = post("/v1/refunds", "payment_intent", "{0.id}");
    Step paid = pay("confirm", "true");
    add(all, "charge.succeeded", "{0.latest_charge}", paid);
    add(all, "charge.failed", "{0.error.payment_intent.latest_charge}", declined());
    add(
        all,
        "charge.captured",
        "{0.latest_charge}",
        held(),
        post("/v1/payment_intents/{0.id}/capture"));
    add(all, "charge.refunded", "{0.latest_charge}", paid, refund);
    add(all, "refund.created", "{1.id}", paid, refund);
  }

  private static void disputes(Map<String, Trigger> all) {
    Step disputed = pay("confirm", "true", "payment_method", "pm_card_createDispute");
    Step opened = new Wait("charge.dispute.created", "{0.id}");
    add(all, "charge.dispute.created", "{0.id}", disputed);
    add(all, "charge.dispute.funds_withdrawn", "{0.id}", disputed);
    add(
        all,
        "charge.dispute.closed",
        "{0.id}",
        disputed,
        opened,
        post("/v1/disputes/{1.data.object.id}/close"));
  }

  private static void setups(Map<String, Trigger> all) {
    add(all, "setup_intent.created", "{0.id}", post("/v1/setup_intents"));
    add(
        all,
        "setup_intent.succeeded",
        "{0.id}",
        post("/v1/setup_intents", "payment_method", "pm_card_visa", "confirm", "true"));
    add(
        all,
        "setup_intent.setup_failed",
        "{0.error.setup_intent.id}",
        post(
            "/v1/setup_intents",
            "payment_method",
            "pm_card_visa_chargeDeclined",
            "confirm",
            "true"));
    add(
        all,
        "setup_intent.canceled",
        "{0.id}",
        post("/v1/setup_intents"),
        post("/v1/setup_intents/{0.id}/cancel"));
    add(
        all,
        "checkout.session.expired",
        "{0.id}",
        post(
            "/v1/checkout/sessions",
            "mode",
            "setup",
            "currency",
            "usd",
            "success_url",
            "https://shop.example.com/done"),
        post("/v1/checkout/sessions/{0.id}/expire"));
    add(
        all,
        "checkout.session.completed",
        "{0.id}",
        post(
            "/v1/checkout/sessions",
            "mode",
            "payment",
            "success_url",
            "https://shop.example.com/done",
            "line_items[0][price_data][currency]",
            "usd",
            "line_items[0][price_data][unit_amount]",
            "1999",
            "line_items[0][price_data][product_data][name]",
            "A cup",
            "line_items[0][quantity]",
            "1"),
        new PayOnPage(
            "{0.url}", form("payment_method", "pm_card_visa", "email", "jenny@example.com")));
  }

  private static void customers(Map<String, Trigger> all) {
    Step made = post("/v1/customers", "name", "Jenny Rosen");
    Step attached = post("/v1/payment_methods/pm_card_visa/attach", "customer", "{0.id}");
    add(all, "customer.created", "{0.id}", made);
    add(
        all,
        "customer.updated",
        "{0.id}",
        made,
        post("/v1/customers/{0.id}", "description", "changed"));
    add(all, "customer.deleted", "{0.id}", made, new Delete("/v1/customers/{0.id}"));
    add(all, "payment_method.attached", "{1.id}", made, attached);
    add(
        all,
        "payment_method.detached",
        "{1.id}",
        made,
        attached,
        post("/v1/payment_methods/{1.id}/detach"));
  }

  private static Step pay(String... more) {
    Map<String, String> form =
        form("amount", "1999", "currency", "usd", "payment_method", "pm_card_visa");
    form.putAll(form(more));
    return new Post("/v1/payment_intents", form);
  }

  private static Step held() {
    return pay("confirm", "true", "capture_method", "manual");
  }

  private static Step declined() {
    return pay("confirm", "true", "payment_method", "pm_card_visa_chargeDeclined");
  }

  private static Step post(String path, String... form) {
    return new Post(path, form(form));
  }

  private static Map<String, String> form(String... pairs) {
    Map<String, String> form = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      form.put(pairs[i], pairs[i + 1]);
    }
    return form;
  }

  private static void add(Map<String, Trigger> all, String type, String about, Step... steps) {
    all.put(type, new Trigger(about, List.of(steps)));
  }
}
