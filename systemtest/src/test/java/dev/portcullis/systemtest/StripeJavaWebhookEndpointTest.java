package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Event;
import com.stripe.model.WebhookEndpoint;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.param.WebhookEndpointCreateParams.EnabledEvent;
import com.stripe.param.WebhookEndpointUpdateParams;
import com.stripe.service.V1Services;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Webhook endpoints through stripe-java. */
@Order(13)
@ExtendWith(SharedPortcullis.class)
class StripeJavaWebhookEndpointTest {
  private static final String URL = "https://shop.example.com/hooks";

  private final Portcullis portcullis;
  private final V1Services api;

  StripeJavaWebhookEndpointTest(Portcullis portcullis) {
    this.portcullis = portcullis;
    this.api = new Sdk(portcullis).api();
  }

  private WebhookEndpoint created(EnabledEvent event) throws StripeException {
    return api.webhookEndpoints()
        .create(
            WebhookEndpointCreateParams.builder()
                .setUrl(URL)
                .addEnabledEvent(event)
                .setDescription("The shop")
                .putMetadata("team", "blue")
                .build());
  }

  @Test
  void anEndpointLivesFromCreationToDeletion() throws Exception {
    WebhookEndpoint endpoint = created(EnabledEvent.CUSTOMER__CREATED);
    assertThat(endpoint.getSecret()).startsWith("whsec_");
    assertThat(endpoint.getStatus()).isEqualTo("enabled");
    assertThat(endpoint.getEnabledEvents()).containsExactly("customer.created");
    assertThat(endpoint.getMetadata()).containsEntry("team", "blue");
    assertThat(api.webhookEndpoints().retrieve(endpoint.getId()).getSecret()).isNull();
    assertThat(api.webhookEndpoints().list().getData())
        .extracting(WebhookEndpoint::getId)
        .contains(endpoint.getId());

    String customer = api.customers().create(CustomerCreateParams.builder().build()).getId();
    Event event =
        api.events()
            .list(EventListParams.builder().setType("customer.created").setLimit(1L).build())
            .getData()
            .getFirst();
    assertThat(event.toJson()).contains(customer);
    // Others that run beside may have endpoints of their own.
    long pending = event.getPendingWebhooks();
    assertThat(pending).isPositive();

    WebhookEndpoint disabled =
        api.webhookEndpoints()
            .update(
                endpoint.getId(), WebhookEndpointUpdateParams.builder().setDisabled(true).build());
    assertThat(disabled.getStatus()).isEqualTo("disabled");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> api.events().retrieve(event.getId()).getPendingWebhooks() < pending);
    assertThat(api.webhookEndpoints().delete(endpoint.getId()).getDeleted()).isTrue();
    InvalidRequestException gone =
        catchThrowableOfType(
            InvalidRequestException.class, () -> api.webhookEndpoints().retrieve(endpoint.getId()));
    assertThat(gone.getStatusCode()).isEqualTo(404);
  }

  @Test
  void anEventThatNeverHappensIsRefusedByName() {
    InvalidRequestException refused =
        catchThrowableOfType(
            InvalidRequestException.class, () -> created(EnabledEvent.INVOICE__PAID));
    assertThat(refused.getParam()).isEqualTo("enabled_events[0]");
    assertThat(refused.getStatusCode()).isEqualTo(400);
  }

  /** What the secrets are sealed with is the gateway's alone. */
  @Test
  void theSealingKeysAreReadableToNobodyElse() throws Exception {
    Path keys = portcullis.home().resolve("gateway/secrets/sealing-keys");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(keys)).matches("1:[0-9A-Za-z+/]{43}=\\n");
  }
}
