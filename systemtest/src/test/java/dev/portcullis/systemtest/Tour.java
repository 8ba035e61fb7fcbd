package dev.portcullis.systemtest;

import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A walk through the whole API with plain requests, that keeps every answer: each operation, in its
 * good ends and in its bad ones, plain and expanded.
 */
final class Tour {

  /**
   * A request and its answer.
   *
   * @param method of HTTP
   * @param path with its ids, without the query
   * @param status of HTTP
   * @param body what was answered
   */
  record Stop(String method, String path, int status, JsonObject body) {
    @Override
    public String toString() {
      return method + " " + path + " (" + status + ")";
    }
  }

  /** Where to walk, and with which key. */
  record Place(String api, String cards, String key) {
    static Place of(Portcullis portcullis) {
      return new Place(portcullis.api(), portcullis.cards(), portcullis.secretKey());
    }
  }

  private final Place place;
  private final String version;
  private final List<Stop> stops = new ArrayList<>();

  private Tour(Place place, String version) {
    this.place = place;
    this.version = version;
  }

  /** Walks, asking for that version of the API. */
  static List<Stop> of(Place place, String version) {
    Tour tour = new Tour(place, version);
    tour.customers();
    tour.cards();
    tour.payments();
    tour.holds();
    tour.challenges();
    tour.setups();
    tour.mandates();
    tour.refunds();
    tour.charges();
    tour.disputes();
    tour.books();
    tour.webhookEndpoints();
    tour.valueLists();
    tour.searches();
    tour.checkout();
    tour.refusals();
    return List.copyOf(tour.stops);
  }

  private void customers() {
    JsonObject customer =
        post(
            "/v1/customers",
            "email=ada@example.com",
            "name=Ada",
            "phone=555",
            "description=d",
            "metadata[k]=v",
            "address[line1]=1 Main Street",
            "address[country]=GB",
            "shipping[name]=Ada",
            "shipping[address][line1]=1 Main Street",
            "preferred_locales[0]=en-GB");
    String path = "/v1/customers/" + id(customer);
    get(path);
    post(path, "description=other", "metadata[k]=");
    get("/v1/customers?limit=3");
    JsonObject card = cards("/v1/payment_methods", 0, card("4242424242424242"));
    post("/v1/payment_methods/" + id(card) + "/attach", "customer=" + id(customer));
    post(path, "invoice_settings[default_payment_method]=" + id(card));
    get(path + "/payment_methods");
    get(path + "/payment_methods?type=card&expand[0]=data.customer");
    post("/v1/payment_methods/" + id(card) + "/detach");
    delete(path);
    get(path);
  }

  private void cards() {
    JsonObject withDetails =
        cards(
            "/v1/payment_methods",
            0,
            with(
                card("5555555555554444"),
                "billing_details[name]=Ada",
                "billing_details[email]=ada@example.com",
                "billing_details[address][postal_code]=12345"));
    String path = "/v1/payment_methods/" + id(withDetails);
    get(path);
    post(path, "billing_details[phone]=555", "metadata[k]=v", "allow_redisplay=always");
    get("/v1/card_aliases/" + id(post(path + "/alias")));
    JsonObject token =
        cards(
            "/v1/tokens",
            0,
            "card[number]=4242424242424242",
            "card[exp_month]=12",
            "card[exp_year]=2034",
            "card[cvc]=123",
            "card[name]=Ada");
    get("/v1/tokens/" + id(token));
    post("/v1/payment_methods", "type=card", "card[token]=" + id(token));
    cards("/v1/payment_methods", 402, card("4242424242424241"));
    get("/v1/payment_methods?limit=3&type=card");
  }

  private void payments() {
    String customer = id(post("/v1/customers", "name=Ada"));
    JsonObject made =
        post(
            "/v1/payment_intents",
            "amount=1999",
            "currency=usd",
            "customer=" + customer,
            "description=d",
            "metadata[k]=v",
            "receipt_email=ada@example.com",
            "shipping[name]=Ada",
            "shipping[address][line1]=1 Main Street",
            "statement_descriptor_suffix=ORDER",
            "automatic_payment_methods[enabled]=true");
    String path = "/v1/payment_intents/" + id(made);
    get(path);
    post(path, "amount=2099", "setup_future_usage=off_session");
    post(
        path + "/confirm",
        "payment_method=pm_card_visa",
        "return_url=https://shop.example/done",
        "expand[0]=customer",
        "expand[1]=payment_method",
        "expand[2]=latest_charge");
    get("/v1/payment_intents?limit=2&expand[0]=data.latest_charge.payment_intent");
    post("/v1/payment_intents", "amount=55", "currency=eur", "payment_method_types[0]=card");
    refused(402, "/v1/payment_intents", paid("pm_card_visa_chargeDeclined"));
    refused(402, "/v1/payment_intents", paid("pm_card_visa_chargeDeclinedInsufficientFunds"));
    refused(402, "/v1/payment_intents", paid("pm_card_chargeDeclinedExpiredCard"));
    refused(402, "/v1/payment_intents", paid("pm_card_chargeDeclinedIncorrectCvc"));
  }

  private void holds() {
    for (String[] capture : List.of(new String[0], new String[] {"amount_to_capture=500"})) {
      JsonObject held =
          post("/v1/payment_intents", with(paid("pm_card_mastercard"), "capture_method=manual"));
      post("/v1/payment_intents/" + id(held) + "/capture", capture);
      get("/v1/charges/" + held.get("latest_charge").getAsString());
    }
    JsonObject held =
        post("/v1/payment_intents", with(paid("pm_card_visa"), "capture_method=manual"));
    String path = "/v1/payment_intents/" + id(held);
    post(path + "/cancel", "cancellation_reason=requested_by_customer");
    get("/v1/charges/" + held.get("latest_charge").getAsString());
    refused(400, path + "/capture");
  }

  private void challenges() {
    JsonObject open =
        post(
            "/v1/payment_intents",
            with(paid("pm_card_authenticationRequired"), "return_url=https://shop.example/done"));
    get("/v1/payment_intents/" + id(open));
    pass(open);
    get("/v1/payment_intents/" + id(open) + "?expand[0]=latest_charge");
    JsonObject failed =
        post(
            "/v1/payment_intents",
            with(paid("pm_card_authenticationRequired"), "return_url=https://shop.example/done"));
    fail(failed);
    get("/v1/payment_intents/" + id(failed) + "?expand[0]=latest_charge");
    JsonObject byHand =
        post(
            "/v1/payment_intents",
            with(paid("pm_card_authenticationRequired"), "confirmation_method=manual"));
    pass(byHand);
    get("/v1/payment_intents/" + id(byHand));
    post("/v1/payment_intents/" + id(byHand) + "/confirm", "expand[0]=latest_charge");
  }

  private void setups() {
    String customer = id(post("/v1/customers", "name=Ada"));
    JsonObject made =
        post(
            "/v1/setup_intents",
            "customer=" + customer,
            "description=d",
            "metadata[k]=v",
            "usage=off_session");
    String path = "/v1/setup_intents/" + id(made);
    get(path);
    post(path, "description=other");
    post(
        path + "/confirm",
        "payment_method=pm_card_visa",
        "return_url=https://shop.example/done",
        "expand[0]=customer",
        "expand[1]=payment_method");
    JsonObject open =
        post(
            "/v1/setup_intents",
            "confirm=true",
            "payment_method=pm_card_authenticationRequired",
            "return_url=https://shop.example/done");
    pass(open);
    get("/v1/setup_intents/" + id(open));
    refused(
        402,
        "/v1/setup_intents",
        "confirm=true",
        "payment_method=pm_card_chargeDeclined",
        "return_url=https://shop.example/done");
    post("/v1/setup_intents/" + id(post("/v1/setup_intents")) + "/cancel");
    get("/v1/setup_intents?limit=3");
  }

  private void mandates() {
    String customer = "customer=" + id(post("/v1/customers", "name=Ada"));
    JsonObject set =
        post(
            "/v1/setup_intents",
            customer,
            "confirm=true",
            "payment_method=pm_card_visa",
            "mandate_data[customer_acceptance][type]=online",
            "mandate_data[customer_acceptance][online][ip_address]=203.0.113.9",
            "mandate_data[customer_acceptance][online][user_agent]=Shop/1.0",
            "expand[0]=mandate");
    String mandate = id(set.getAsJsonObject("mandate"));
    get("/v1/mandates/" + mandate + "?expand[0]=payment_method");
    post(
        "/v1/payment_intents",
        customer,
        "amount=1999",
        "currency=usd",
        "confirm=true",
        "off_session=true",
        "mandate=" + mandate,
        "expand[0]=latest_charge");
    post("/v1/payment_methods/" + set.get("payment_method").getAsString() + "/detach");
    get("/v1/mandates/" + mandate);
    get("/v1/events?limit=1&type=mandate.updated");
  }

  private void refunds() {
    JsonObject paid = post("/v1/payment_intents", paid("pm_card_visa"));
    String intent = id(paid);
    String charge = paid.get("latest_charge").getAsString();
    JsonObject part =
        post(
            "/v1/refunds",
            "payment_intent=" + intent,
            "amount=100",
            "reason=requested_by_customer",
            "metadata[k]=v",
            "expand[0]=charge",
            "expand[1]=payment_intent");
    get("/v1/refunds/" + id(part));
    post("/v1/refunds/" + id(part), "metadata[k]=w");
    get("/v1/charges/" + charge);
    post("/v1/refunds", "charge=" + charge);
    get("/v1/charges/" + charge + "?expand[0]=payment_intent.customer");
    get("/v1/refunds?charge=" + charge);
    get("/v1/charges/" + charge + "/refunds");
    get("/v1/charges/" + charge + "?expand[0]=refunds.data.balance_transaction");
    refused(400, "/v1/refunds", "charge=" + charge);
  }

  private void checkout() {
    String path =
        "/v1/checkout/sessions/"
            + id(
                post(
                    "/v1/checkout/sessions",
                    "mode=payment",
                    "success_url=https://shop.example/done",
                    "line_items[0][price_data][currency]=usd",
                    "line_items[0][price_data][unit_amount]=1250",
                    "line_items[0][price_data][product_data][name]=A cup",
                    "line_items[0][quantity]=2",
                    "metadata[k]=v",
                    "expand[0]=line_items"));
    get(path + "?expand[0]=line_items&expand[1]=customer");
    get(path + "/line_items");
    get("/v1/checkout/sessions?limit=2");
    post(path + "/expire");
    refused(400, path + "/expire");
    post("/v1/checkout/sessions", "mode=setup", "success_url=https://shop.example/done");
    post(
        "/v1/checkout/sessions",
        "mode=setup",
        "success_url=https://shop.example/done",
        "customer_email=shopper@example.com",
        "billing_address_collection=required",
        "phone_number_collection[enabled]=true",
        "custom_text[submit][message]=Thank you",
        "consent_collection[terms_of_service]=required",
        "tax_id_collection[enabled]=false",
        "after_expiration[recovery][enabled]=false",
        "custom_fields[0][key]=colour",
        "custom_fields[0][label][type]=custom",
        "custom_fields[0][label][custom]=Colour",
        "custom_fields[0][type]=dropdown",
        "custom_fields[0][dropdown][options][0][label]=Red",
        "custom_fields[0][dropdown][options][0][value]=red");
    get("/v1/events?limit=1&type=checkout.session.expired");
    pages();
  }

  private void pages() {
    String link =
        "/v1/payment_links/"
            + id(
                post(
                    "/v1/payment_links",
                    "line_items[0][price_data][currency]=usd",
                    "line_items[0][price_data][unit_amount]=1250",
                    "line_items[0][price_data][product_data][name]=A cup",
                    "line_items[0][quantity]=2",
                    "restrictions[completed_sessions][limit]=5",
                    "after_completion[type]=redirect",
                    "after_completion[redirect][url]=https://shop.example/done"));
    get(link);
    get(link + "/line_items");
    post(link, "active=false", "inactive_message=Sold out");
    get("/v1/payment_links?limit=2");
    post("/v1/page_branding", "corner_radius=8");
    get("/v1/page_branding");
  }

  private void searches() {
    get("/v1/payment_intents/search?limit=2&query=amount%3E1&expand%5B0%5D=data.latest_charge");
    get("/v1/charges/search?limit=2&query=status:%27succeeded%27&expand%5B0%5D=total_count");
    get("/v1/customers/search?limit=2&query=email~%27example%27");
  }

  private void valueLists() {
    JsonObject list =
        post(
            "/v1/radar/value_lists",
            "alias=tour_" + Long.toString(System.nanoTime(), 36),
            "name=A list",
            "item_type=email",
            "metadata[k]=v");
    String path = "/v1/radar/value_lists/" + id(list);
    JsonObject item =
        post("/v1/radar/value_list_items", "value_list=" + id(list), "value=ada@example.com");
    get(path);
    post(path, "name=Another name");
    get("/v1/radar/value_lists?limit=3");
    get("/v1/radar/value_list_items?value_list=" + id(list));
    get("/v1/radar/value_list_items/" + id(item));
    delete("/v1/radar/value_list_items/" + id(item));
    delete(path);
  }

  private void webhookEndpoints() {
    JsonObject endpoint =
        post(
            "/v1/webhook_endpoints",
            "url=https://shop.example/hooks",
            "enabled_events[0]=*",
            "api_version=2024-06-20",
            "description=d",
            "metadata[k]=v");
    String path = "/v1/webhook_endpoints/" + id(endpoint);
    get(path);
    get("/v1/webhook_endpoints?limit=3");
    get("/v1/events?limit=1");
    post(path, "disabled=true", "enabled_events[0]=charge.failed", "description=");
    refused(400, path, "url=http://shop.example/hooks");
    delete(path);
  }

  private void charges() {
    JsonObject newest = members(get("/v1/charges?limit=3")).getFirst();
    post("/v1/charges/" + id(newest), "description=other", "metadata[k]=v");
  }

  /** Each is there before its name is known: banks take their time. */
  private void disputes() {
    disputed("pm_card_createDisputeInquiry");
    String path = "/v1/disputes/" + id(disputed("pm_card_createDispute"));
    get(path + "?expand[0]=charge&expand[1]=payment_intent");
    post(path, "evidence[customer_name]=Ada", "submit=false", "metadata[k]=v");
    post(path, "evidence[uncategorized_text]=They have it.");
    post("/v1/disputes/" + id(disputed("pm_card_createDispute")) + "/close");
    get("/v1/disputes?limit=3");
    refused(400, path + "/close");
  }

  private JsonObject disputed(String paymentMethod) {
    String charge =
        post("/v1/payment_intents", paid(paymentMethod)).get("latest_charge").getAsString();
    String path = "/v1/disputes?charge=" + charge;
    await("the dispute of " + charge)
        .atMost(Duration.ofSeconds(30))
        .until(() -> !members(get(path)).isEmpty());
    return members(get(path)).getFirst();
  }

  private void books() {
    members(get("/v1/events?limit=100")).stream()
        .limit(5)
        .forEach(event -> get("/v1/events/" + id(event)));
    get("/v1/balance");
    JsonObject moved =
        members(get("/v1/balance_transactions?limit=5&expand[0]=data.source")).getFirst();
    get("/v1/balance_transactions/" + id(moved));
    get("/v1/charges?limit=2&expand[0]=data.balance_transaction");
    get("/v1/refunds?limit=2&expand[0]=data.balance_transaction");
    get("/v1/accounts/" + id(get("/v1/account")));
    get("/v1/api_settings");
    members(get("/v1/request_logs?limit=3"))
        .forEach(request -> get("/v1/request_logs/" + id(request)));
  }

  private void refusals() {
    send(404, Http.authorized(place.api() + "/v1/charges/ch_none", key()).GET(), "GET");
    refused(400, "/v1/payment_intents", "amount=1", "currency=usd", "colour=red");
    send(401, Http.authorized(place.api() + "/v1/balance", "sk_test_wrong").GET(), "GET");
  }

  private static String[] card(String number) {
    return new String[] {
      "type=card",
      "card[number]=" + number,
      "card[exp_month]=12",
      "card[exp_year]=2034",
      "card[cvc]=123"
    };
  }

  private static String[] paid(String paymentMethod) {
    return new String[] {
      "amount=1999",
      "currency=usd",
      "payment_method=" + paymentMethod,
      "confirm=true",
      "return_url=https://shop.example/done"
    };
  }

  private static String[] with(String[] form, String... more) {
    List<String> all = new ArrayList<>(List.of(form));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static void pass(JsonObject intent) {
    try {
      home(Challenge.complete(page(intent)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void fail(JsonObject intent) {
    try {
      home(Challenge.fail(page(intent)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The gateway learns of the answer when the shopper comes by. */
  private static void home(String url) throws IOException, InterruptedException {
    Http.Answer answer = Http.send(Http.request(url).GET());
    if (answer.status() >= 400) {
      throw new AssertionError("not let home: " + answer.status());
    }
  }

  private static String page(JsonObject intent) {
    return intent
        .getAsJsonObject("next_action")
        .getAsJsonObject("redirect_to_url")
        .get("url")
        .getAsString();
  }

  private static List<JsonObject> members(JsonObject list) {
    return list.getAsJsonArray("data").asList().stream().map(JsonElement::getAsJsonObject).toList();
  }

  private static String id(JsonObject object) {
    return object.get("id").getAsString();
  }

  private String key() {
    return place.key();
  }

  private JsonObject get(String path) {
    return send(200, Http.authorized(place.api() + path, key()).GET(), "GET");
  }

  private JsonObject delete(String path) {
    return send(200, Http.authorized(place.api() + path, key()).DELETE(), "DELETE");
  }

  private JsonObject post(String path, String... form) {
    return send(200, form(place.api() + path, form), "POST");
  }

  private JsonObject refused(int status, String path, String... form) {
    return send(status, form(place.api() + path, form), "POST");
  }

  /** On the origin that takes cards; a status of 0 stands for 200. */
  private JsonObject cards(String path, int status, String... form) {
    return send(status == 0 ? 200 : status, form(place.cards() + path, form), "POST");
  }

  private HttpRequest.Builder form(String url, String... form) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : form) {
      int equals = pair.indexOf('=');
      fields.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return Http.authorized(url, key())
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(Http.encode(fields)));
  }

  private JsonObject send(int expected, HttpRequest.Builder request, String method) {
    try {
      HttpRequest built = request.copy().build();
      Http.Answer answer = Http.send(request.header("Stripe-Version", version));
      String path = built.uri().getPath();
      if (answer.status() != expected) {
        throw new AssertionError(
            method
                + " "
                + path
                + ": "
                + answer.status()
                + " instead of "
                + expected
                + ": "
                + answer.body());
      }
      Stop stop = new Stop(method, path, answer.status(), answer.json());
      stops.add(stop);
      return stop.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
