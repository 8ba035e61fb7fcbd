package dev.portcullis.simulator.stripe;

import dev.portcullis.kit.Currency;
import dev.portcullis.simulator.Acquirer.MovementRequest;
import dev.portcullis.simulator.Acquirer.MovementWay;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Payment intents: made, confirmed, captured, canceled, looked up, searched for. */
final class StripePayments {

  private static final Set<String> CREATE =
      Set.of(
          "amount",
          "automatic_payment_methods",
          "capture_method",
          "confirm",
          "confirmation_method",
          "currency",
          "customer",
          "description",
          "error_on_requires_action",
          "expand",
          "mandate_data",
          "metadata",
          "off_session",
          "payment_method",
          "payment_method_data",
          "payment_method_options",
          "payment_method_types",
          "receipt_email",
          "return_url",
          "setup_future_usage",
          "shipping",
          "statement_descriptor",
          "statement_descriptor_suffix",
          "use_stripe_sdk");

  private static final Set<String> CONFIRM =
      Set.of(
          "capture_method",
          "client_secret",
          "error_on_requires_action",
          "expand",
          "mandate_data",
          "off_session",
          "payment_method",
          "payment_method_data",
          "payment_method_options",
          "payment_method_types",
          "receipt_email",
          "return_url",
          "setup_future_usage",
          "shipping",
          "use_stripe_sdk");

  private static final Set<String> UPDATE = Set.of("description", "expand", "metadata");

  private static final Set<String> CAPTURE =
      Set.of(
          "amount_to_capture",
          "expand",
          "final_capture",
          "metadata",
          "statement_descriptor",
          "statement_descriptor_suffix");

  private static final Set<String> REASONS =
      Set.of("duplicate", "fraudulent", "requested_by_customer", "abandoned");

  /** Currencies with three decimals whose last digit must be zero. */
  private static final Set<String> TENS = Set.of("bhd", "jod", "kwd", "omr", "tnd");

  private static final Map<String, Long> LEAST = Map.of("usd", 50L, "eur", 50L, "gbp", 30L);

  private static final Pattern SEARCH =
      Pattern.compile("metadata\\[['\"]([^'\"]+)['\"]\\]:['\"]([^'\"]*)['\"]");

  private final Desk desk;
  private final StripeObjects objects;
  private final StripeAttempts attempts;
  private final StripeLists lists;

  StripePayments(Desk desk, StripeCards cards) {
    this.desk = desk;
    this.objects = new StripeObjects(desk);
    this.attempts = new StripeAttempts(desk, cards);
    this.lists = new StripeLists(desk);
  }

  void routes() {
    desk.get("/v1/payment_intents/search", "search", this::search)
        .post("/v1/payment_intents", "authorize", this::create)
        .get("/v1/payment_intents", "payments", this::list)
        .get("/v1/payment_intents/{id}", "payment", this::retrieve)
        .post("/v1/payment_intents/{id}", "update", this::update)
        .post("/v1/payment_intents/{id}/confirm", "confirm", this::confirm)
        .post("/v1/payment_intents/{id}/capture", "capture", this::capture)
        .post("/v1/payment_intents/{id}/cancel", "cancel", this::cancel)
        .get("/v1/charges/{id}", "charge", this::charge);
  }

  private Answer create(Call call) {
    Tree form = StripeForms.only(call.body(), CREATE);
    String currency = StripeForms.needed(form, "currency").toLowerCase(java.util.Locale.ROOT);
    if (Currency.find(currency).isEmpty()) {
      throw StripeErrors.invalid(null, "currency", "Invalid currency: " + currency);
    }
    long amount = amount(form, "amount", currency);
    String method = form.at("capture_method").orEmpty();
    if (!Set.of("", "automatic", "automatic_async", "manual").contains(method)) {
      throw StripeErrors.invalid(
          "parameter_invalid_string_enum", "capture_method", "Invalid capture_method.");
    }
    Operation.Terms terms = attempts.terms(amount, currency, !method.equals("manual"));
    Operation.Authorization created =
        desk.books().create(call.reference(), terms, attempts.notes(form, "payment"));
    if (form.at("confirm").isTrue()) {
      return attempts.confirm(created, form);
    }
    return answer(attempts.choose(created, form), form);
  }

  private static long amount(Tree form, String name, String currency) {
    StripeForms.needed(form, name);
    Long amount = form.at(name).number();
    if (amount == null || (TENS.contains(currency) && amount % 10 != 0)) {
      throw StripeErrors.invalid("parameter_invalid_integer", name, "Invalid integer: " + name);
    }
    if (amount < LEAST.getOrDefault(currency, 1L)) {
      throw StripeErrors.invalid(
          "amount_too_small", name, "Amount must be no less than Stripe's minimum.");
    }
    if (amount > 99_999_999) {
      throw StripeErrors.invalid(
          "amount_too_large", name, "Amount must be no more than 999,999.99.");
    }
    return amount;
  }

  private Answer confirm(Call call) {
    Tree form = StripeForms.only(call.body(), CONFIRM);
    Operation.Authorization payment = payment(call);
    String status = StripeObjects.status(payment);
    if (!status.equals("requires_payment_method") && !status.equals("requires_confirmation")) {
      throw StripeErrors.unexpected("payment_intent", "confirmed", status);
    }
    return attempts.confirm(payment, form);
  }

  private Answer update(Call call) {
    Tree form = StripeForms.only(call.body(), UPDATE);
    Operation.Authorization payment = payment(call);
    Operation.Notes notes = attempts.updated(payment.notes(), form);
    return answer(desk.books().annotate(payment.identity().id(), notes), form);
  }

  private Answer capture(Call call) {
    Tree form = StripeForms.only(call.body(), CAPTURE);
    Operation.Authorization payment = payment(call);
    String status = StripeObjects.status(payment);
    if (!status.equals("requires_capture")) {
      throw StripeErrors.unexpected("payment_intent", "captured", status);
    }
    long most = payment.terms().amount();
    long amount =
        form.at("amount_to_capture").isAbsent()
            ? most
            : amount(form, "amount_to_capture", payment.terms().currency());
    if (amount > most) {
      throw StripeErrors.invalid(
          "amount_too_large",
          "amount_to_capture",
          "The amount to capture is greater than the amount that is capturable.");
    }
    move(Operation.Kind.CAPTURE, call, payment, amount);
    return answer(payment(call), form);
  }

  private Answer cancel(Call call) {
    Tree form = StripeForms.only(call.body(), Set.of("cancellation_reason", "expand"));
    String reason = form.at("cancellation_reason").orEmpty();
    if (!reason.isEmpty() && !REASONS.contains(reason)) {
      throw StripeErrors.invalid(
          "parameter_invalid_string_enum", "cancellation_reason", "Invalid cancellation_reason.");
    }
    Operation.Authorization payment = payment(call);
    String status = StripeObjects.status(payment);
    if (status.equals("succeeded") || status.equals("canceled") || status.equals("processing")) {
      throw StripeErrors.unexpected("payment_intent", "canceled", status);
    }
    String id = payment.identity().id();
    if (!reason.isEmpty()) {
      desk.books().annotate(id, payment.notes().with(Map.of("cancellation_reason", reason)));
    }
    move(Operation.Kind.VOID, call, payment, 0);
    return answer(payment(call), form);
  }

  private void move(Operation.Kind kind, Call call, Operation.Authorization payment, long amount) {
    MovementRequest request =
        new MovementRequest(
            kind, call.reference(), payment.identity().id(), amount, null, MovementWay.PLAIN);
    try {
      desk.books().move(request);
    } catch (Refused refused) {
      throw StripeErrors.invalid(
          "payment_intent_unexpected_state", null, String.valueOf(refused.getMessage()));
    }
  }

  private Answer retrieve(Call call) {
    return answer(payment(call), StripeForms.query(call.query()));
  }

  private Answer charge(Call call) {
    String id = call.variable("id");
    if (id.startsWith("ch_")
        && desk.books().find("auth_" + id.substring(3)).orElse(null)
            instanceof Operation.Authorization found) {
      return new Answer(200, objects.charge(found));
    }
    throw StripeErrors.missing("charge", id, "charge");
  }

  private Answer list(Call call) {
    Tree query = StripeForms.query(call.query());
    return lists.answer(
        "/v1/payment_intents",
        query,
        operation ->
            operation instanceof Operation.Authorization it && !it.isVerification()
                ? objects.intent(it, StripeForms.isExpanded(query, "latest_charge"))
                : null);
  }

  private Answer search(Call call) {
    Tree query = StripeForms.query(call.query());
    Matcher asked = SEARCH.matcher(StripeForms.needed(query, "query"));
    if (!asked.matches()) {
      throw StripeErrors.invalid(
          null, "query", "Only one metadata field can be searched for here.");
    }
    return lists.answer(
        "/v1/payment_intents/search",
        query,
        operation ->
            operation instanceof Operation.Authorization it
                    && !it.isVerification()
                    && asked.group(2).equals(StripeObjects.metadata(it).get(asked.group(1)))
                ? objects.intent(it, StripeForms.isExpanded(query, "latest_charge"))
                : null);
  }

  private Answer answer(Operation.Authorization payment, Tree form) {
    return new Answer(200, objects.intent(payment, StripeForms.isExpanded(form, "latest_charge")));
  }

  private Operation.Authorization payment(Call call) {
    return found(desk, call.variable("id"));
  }

  /** The payment intent of that id. */
  static Operation.Authorization found(Desk desk, @Nullable String id) {
    if (id != null
        && id.startsWith("pi_")
        && desk.books().find("auth_" + id.substring(3)).orElse(null)
            instanceof Operation.Authorization found
        && !found.isVerification()) {
      return found;
    }
    throw StripeErrors.missing("payment_intent", String.valueOf(id), "intent");
  }
}
