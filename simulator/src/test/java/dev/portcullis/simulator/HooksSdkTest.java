package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.adyen.model.management.CreateMerchantWebhookRequest;
import com.adyen.model.management.ListWebhooksResponse;
import com.adyen.model.management.Webhook;
import com.adyen.service.management.WebhooksMerchantLevelApi;
import com.stripe.StripeClient;
import com.stripe.model.StripeCollection;
import com.stripe.model.WebhookEndpoint;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.param.WebhookEndpointListParams;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The lists of webhooks in pages, as the providers' own Java SDKs read them to their ends. */
class HooksSdkTest {

  private static final String URL = "http://127.0.0.1:9/hooks/";

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Rig rig;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static SSLSocketFactory usual;

  @BeforeAll
  static void start() throws IOException {
    rig = Rig.create();
    // Stripe's SDK takes no trust anchor of its own.
    usual = HttpsURLConnection.getDefaultSSLSocketFactory();
    HttpsURLConnection.setDefaultSSLSocketFactory(TestTls.context().getSocketFactory());
  }

  @AfterAll
  static void stop() {
    HttpsURLConnection.setDefaultSSLSocketFactory(usual);
    rig.close();
  }

  @Test
  void stripesGoesOnAfterTheLastOne() throws Exception {
    StripeClient stripe =
        StripeClient.builder()
            .setApiKey(Client.PROVIDER_KEY)
            .setApiBase(rig.simulator.providerUrl())
            .setMaxNetworkRetries(0)
            .build();
    List<String> made = new ArrayList<>();
    for (int n = 0; n < 12; n++) {
      made.addFirst(
          stripe
              .v1()
              .webhookEndpoints()
              .create(
                  WebhookEndpointCreateParams.builder()
                      .setUrl(URL + n)
                      .addEnabledEvent(
                          WebhookEndpointCreateParams.EnabledEvent.PAYMENT_INTENT__SUCCEEDED)
                      .build())
              .getId());
    }
    StripeCollection<WebhookEndpoint> page =
        stripe
            .v1()
            .webhookEndpoints()
            .list(WebhookEndpointListParams.builder().setLimit(5L).build());
    assertThat(page.getData()).hasSize(5);
    assertThat(page.autoPagingIterable())
        .extracting(WebhookEndpoint::getId)
        .containsExactlyElementsOf(made);
  }

  @Test
  void adyensIsInNumberedPages() throws Exception {
    WebhooksMerchantLevelApi adyen =
        new WebhooksMerchantLevelApi(
            new com.adyen.Client(TestTls.context(), Client.PROVIDER_KEY),
            rig.simulator.providerUrl() + "/v3");
    List<String> made = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      made.add(
          adyen
              .setUpWebhook(
                  "ShopECOM",
                  new CreateMerchantWebhookRequest()
                      .type("standard")
                      .url(URL + n)
                      .active(true)
                      .communicationFormat(
                          CreateMerchantWebhookRequest.CommunicationFormatEnum.JSON))
              .getId());
    }
    List<String> seen = new ArrayList<>();
    for (int number = 1; number <= 3; number++) {
      ListWebhooksResponse page = adyen.listAllWebhooks("ShopECOM", number, 2, null);
      assertThat(page.getPagesTotal()).isEqualTo(3);
      page.getData().stream().map(Webhook::getId).forEach(seen::add);
      assertThat(page.getLinks().getNext() != null).isEqualTo(number < 3);
    }
    assertThat(seen).isEqualTo(made);
  }
}
