package dev.portcullis.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.NotificationReader;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds requests and notifications against what the providers publish of them, where the folder
 * with the descriptions is here: the system property {@code portcullis.specs} or the variable
 * {@code PORTCULLIS_SPECS}.
 */
class PublishedDescriptionsTest {

  private static final String NAME = "https://schemas.example/document.json";
  private static final Map<String, String> ADYEN =
      Map.of(
          "adyen.authorize", "PaymentRequest",
          "adyen.complete", "PaymentDetailsRequest",
          "adyen.capture", "PaymentCaptureRequest",
          "adyen.cancel", "PaymentCancelRequest",
          "adyen.reverse", "PaymentReversalRequest",
          "adyen.refund", "PaymentRefundRequest");
  private static final Map<String, String> STRIPE =
      Map.of(
          "stripe.authorize", "/v1/payment_intents",
          "stripe.verify", "/v1/setup_intents",
          "stripe.capture", "/v1/payment_intents/{intent}/capture",
          "stripe.cancel", "/v1/payment_intents/{intent}/cancel",
          "stripe.refund", "/v1/refunds");
  private static final Map<String, String> PAYPAL =
      Map.of(
          "paypal.create_to_pay", "/v2/checkout/orders",
          "paypal.create_to_authorize", "/v2/checkout/orders",
          "paypal.pay", "/v2/checkout/orders/{id}/capture",
          "paypal.authorize", "/v2/checkout/orders/{id}/authorize",
          "paypal.capture", "/v2/payments/authorizations/{authorization_id}/capture",
          "paypal.refund", "/v2/payments/captures/{capture_id}/refund");

  private static String document(String name) throws IOException {
    String folder = System.getProperty("portcullis.specs", System.getenv("PORTCULLIS_SPECS"));
    Path file = Path.of(folder == null || folder.isEmpty() ? "/nowhere" : folder).resolve(name);
    assumeTrue(Files.isRegularFile(file), "the folder with the descriptions is not here");
    return Files.readString(file);
  }

  @Test
  void adyenTakesEveryRequest() throws IOException {
    String document = document("adyen-checkout-v71.json");
    Connector connector = Connectors.find("adyen").orElseThrow();
    for (ProviderOperation operation : Operations.of(connector)) {
      ForwardRequest request = connector.request(operation);
      String schema = Objects.requireNonNull(ADYEN.get(request.operation()));
      assertThat(faults(document, "/components/schemas/" + schema, asSent(connector, request)))
          .as(operation.toString())
          .isEmpty();
    }
  }

  @Test
  void payPalTakesEveryRequest() throws IOException {
    String orders = document("paypal-checkout-orders-v2.json");
    String payments = document("paypal-payments-v2.json");
    Specimen specimen =
        Specimens.all().stream()
            .filter(one -> one.name().equals("paypal"))
            .findFirst()
            .orElseThrow();
    for (ProviderOperation operation : Operations.of(specimen.connector())) {
      for (ForwardRequest request : Requests.all(specimen, operation)) {
        String path = PAYPAL.get(request.operation());
        if (path != null) {
          String sent =
              Json.writeString(asSent(specimen.connector(), request))
                  .replace("{{card.number}}", "4242424242424242")
                  .replace("{{card.exp}}", "2034-12")
                  .replace("{{card.cvc}}", "123")
                  .replace("ntx_1", "ntx_1-as-long");
          assertThat(
                  faults(
                      path.contains("checkout") ? orders : payments,
                      "/paths/"
                          + path.replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
                          + "/post/requestBody/content/application~1json/schema",
                      Json.readObject(sent)))
              .as(operation.toString())
              .isEmpty();
        } else {
          assertThat(request.body()).as(request.operation()).isNullOrEmpty();
        }
      }
    }
  }

  /** With what the policy writes; a slot is a text, as what is filled in is. */
  private static Map<String, @Nullable Object> asSent(Connector connector, ForwardRequest request) {
    Map<String, @Nullable Object> sent =
        Json.readObject(Json.writeString(Objects.requireNonNull(request.body())));
    Policies.object(Policies.operation(connector, request.operation()), "fixed")
        .forEach((pointer, value) -> put(sent, String.valueOf(pointer).substring(1), value));
    return sent;
  }

  @SuppressWarnings("unchecked") // read as JSON
  private static void put(
      Map<String, @Nullable Object> object, String pointer, @Nullable Object value) {
    int slash = pointer.indexOf('/');
    if (slash < 0) {
      object.put(pointer, value);
    } else {
      put(
          (Map<String, @Nullable Object>)
              Objects.requireNonNull(object.get(pointer.substring(0, slash))),
          pointer.substring(slash + 1),
          value);
    }
  }

  @Test
  void stripeTakesEveryRequest() throws IOException {
    String document = document("stripe-core-openapi-2023-08-16.json");
    Connector connector = Connectors.find("stripe").orElseThrow();
    for (ProviderOperation operation : Operations.of(connector)) {
      ForwardRequest request = connector.request(operation);
      if (request.body() != null) {
        String path = Objects.requireNonNull(STRIPE.get(request.operation()));
        assertThat(faults(document, pointer(path), withoutCard(asSent(connector, request))))
            .as(operation.toString())
            .isEmpty();
        if (asSent(connector, request).get("payment_method_data") instanceof Map<?, ?> method) {
          assertThat(faults(document, pointer("/v1/payment_methods"), filled(method))).isEmpty();
        }
      }
    }
  }

  private static String pointer(String path) {
    return "/paths/"
        + path.replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
        + "/post/requestBody/content/application~1x-www-form-urlencoded/schema";
  }

  /**
   * Cards are left out of the schema of payments, since not every account may send them; it is that
   * of payment methods that knows them.
   */
  private static Map<String, @Nullable Object> withoutCard(Map<String, @Nullable Object> body) {
    Map<String, @Nullable Object> known = new LinkedHashMap<>(body);
    if (body.get("payment_method_data") instanceof Map<?, ?> data) {
      Map<Object, Object> rest = new LinkedHashMap<>(data);
      rest.remove("card");
      rest.put("type", "link");
      known.put("payment_method_data", rest);
    }
    return known;
  }

  private static Map<Object, Object> filled(Map<?, ?> method) {
    Map<Object, Object> filled = new LinkedHashMap<>(method);
    Map<Object, Object> card =
        new LinkedHashMap<>((Map<?, ?>) Objects.requireNonNull(method.get("card")));
    card.put("exp_month", 12L);
    card.put("exp_year", 2034L);
    filled.put("card", card);
    return filled;
  }

  @Test
  void adyensNotificationsAreUnderstood() throws IOException {
    Map<String, @Nullable Object> document = Json.readObject(document("adyen-webhooks-v1.json"));
    NotificationReader reader = (NotificationReader) Connectors.find("adyen").orElseThrow();
    Map<?, ?> examples =
        (Map<?, ?>) Objects.requireNonNull(Trees.at(document, "components", "examples"));
    for (String event :
        List.of(
            "AUTHORISATION-authorisation",
            "CAPTURE-capture",
            "CAPTURE_FAILED-capture_failed",
            "CANCELLATION-cancellation",
            "CANCEL_OR_REFUND-cancel_or_refund",
            "REFUND-refund",
            "REFUND_FAILED-refund_failed")) {
      Object body = Trees.at(examples, "post-" + event, "value");
      assertThat(reader.read(Json.readObject(Json.writeString(body))))
          .as(event)
          .isNotEmpty()
          .allMatch(told -> told instanceof Notification.Outcome);
    }
  }

  private static List<String> faults(String document, String pointer, Object value) {
    SchemaRegistry registry =
        SchemaRegistry.withDefaultDialect(
            Dialects.getOpenApi30(),
            builder -> builder.schemas(name -> NAME.equals(name) ? document : null));
    Schema schema = registry.getSchema(SchemaLocation.of(NAME + "#" + pointer));
    return schema.validate(new JsonMapper().readTree(Json.writeString(value))).stream()
        .map(String::valueOf)
        .toList();
  }
}
