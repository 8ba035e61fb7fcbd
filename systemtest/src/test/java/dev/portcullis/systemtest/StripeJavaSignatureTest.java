package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.Stripe;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.model.Customer;
import com.stripe.model.Event;
import com.stripe.net.Webhook;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.service.V1Services;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An event as the API shows it, signed with an endpoint's secret, is one for the SDK; a changed or
 * an old one is not.
 */
@Order(20)
@ExtendWith(SharedPortcullis.class)
class StripeJavaSignatureTest {
  private static final long TOLERANCE = Webhook.DEFAULT_TOLERANCE;

  private final Portcullis portcullis;
  private final V1Services api;

  StripeJavaSignatureTest(Portcullis portcullis) {
    this.portcullis = portcullis;
    this.api = new Sdk(portcullis).api();
  }

  /** Computed with another program: openssl dgst -sha256 -hmac. */
  @Test
  void theSchemeIsTheOneThatIsPublished() {
    assertThat(WebhookSignature.header(1_767_225_600L, "{\"id\":\"evt_1\"}", "whsec_example"))
        .isEqualTo(
            "t=1767225600,v1=66767d6306a1173a1e9c6a7f1a0ffa2b9f613e44c1a02c71704222e753465204");
  }

  private String secret() throws Exception {
    return api.webhookEndpoints()
        .create(
            WebhookEndpointCreateParams.builder()
                .setUrl("https://shop.example.com/hooks")
                .addEnabledEvent(WebhookEndpointCreateParams.EnabledEvent.CUSTOMER__CREATED)
                .build())
        .getSecret();
  }

  /** The SDK makes models of events in its own version alone. */
  private void version(String version) throws Exception {
    Http.Answer answer =
        Http.post(
            portcullis.api() + "/v1/api_settings",
            portcullis.secretKey(),
            Map.of("api_version", version));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private String version() throws Exception {
    return Http.get(portcullis.api() + "/v1/api_settings", portcullis.secretKey())
        .json()
        .get("api_version")
        .getAsString();
  }

  @Test
  void anEventIsTakenAndATamperedOrOldOneIsNot() throws Exception {
    String before = version();
    version(Stripe.API_VERSION);
    try {
      takesOnlyWhatIsSigned();
    } finally {
      version(before);
    }
  }

  private void takesOnlyWhatIsSigned() throws Exception {
    String secret = secret();
    Customer customer =
        api.customers().create(CustomerCreateParams.builder().setName("Jürgen Groß ✓").build());
    String id =
        api.events()
            .list(EventListParams.builder().setType("customer.created").setLimit(1L).build())
            .getData()
            .getFirst()
            .getId();
    String body = Http.get(portcullis.api() + "/v1/events/" + id, portcullis.secretKey()).body();
    long now = InstantSource.system().instant().getEpochSecond();
    String header = WebhookSignature.header(now, body, secret);

    Event event = Webhook.constructEvent(body, header, secret);
    assertThat(event.getId()).isEqualTo(id);
    assertThat(event.getApiVersion()).isEqualTo(Stripe.API_VERSION);
    Customer told = (Customer) event.getDataObjectDeserializer().getObject().orElseThrow();
    assertThat(told.getId()).isEqualTo(customer.getId());
    assertThat(told.getName()).isEqualTo("Jürgen Groß ✓");
    String rolled = secret();
    assertThat(
            Webhook.constructEvent(
                body, WebhookSignature.header(now, body, secret, rolled), rolled))
        .isEqualTo(event);

    refused(body.replace("Jürgen", "Jurgen"), header, secret);
    refused(body + " ", header, secret);
    refused(body, header, rolled);
    refused(body, header.replace("t=" + now, "t=" + (now + 1)), secret);
    refused(body, header.replace("v1=", "v0="), secret);
    refused(body, WebhookSignature.header(now - TOLERANCE - 30, body, secret), secret);
  }

  private static void refused(String body, String header, String secret) {
    assertThat(
            catchThrowableOfType(
                SignatureVerificationException.class,
                () -> Webhook.constructEvent(body, header, secret)))
        .as(header)
        .isNotNull();
  }
}
