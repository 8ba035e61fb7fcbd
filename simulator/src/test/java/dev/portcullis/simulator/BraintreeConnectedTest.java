package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.NotificationReader;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Our connector against the pretended Braintree. */
class BraintreeConnectedTest extends ConnectedContract {
  private static final String UNLESS_SET_UP = "4000002500003155";

  BraintreeConnectedTest() {
    super("braintree", "private-key-of-the-tests");
  }

  /** It tells of what has settled, which is nothing that was asked for. */
  @Override
  boolean tellsOnlyToAsk() {
    return true;
  }

  @Override
  void letTell(String payment) throws IOException {
    String name = new String(Base64.getUrlDecoder().decode(payment), StandardCharsets.UTF_8);
    rig.client.send(
        HttpRequest.newBuilder(
                URI.create(
                    rig.simulator.providerUrl()
                        + "/merchants/shop/transactions/"
                        + name.replace("transaction_", "")
                        + "/settle"))
            .header("Authorization", authorization())
            .PUT(BodyPublishers.noBody())
            .build());
  }

  private static String authorization() {
    String pair = "public:" + Client.PROVIDER_KEY;
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  Map<String, @Nullable Object> read(Receiver.Received received) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (String pair : received.body().split("&", -1)) {
      String[] parts = pair.split("=", 2);
      fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return fields;
  }

  @Override
  void settle() {
    rig.pass(Duration.ofDays(1));
  }

  @Test
  void aDisputeIsToldByThePaymentsReference() throws IOException {
    connected.card("4000000000000259");
    ProviderOperation.Authorize pay = authorize(true);
    approved(pay);
    NotificationReader reader = (NotificationReader) connected.connector();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(receiver.received())
                    .flatExtracting(each -> reader.read(read(each)))
                    .filteredOn(Notification.Disputed.class::isInstance)
                    .extracting(Notification.Disputed.class::cast)
                    .anySatisfy(
                        disputed -> {
                          assertThat(disputed.operation()).isEqualTo(pay.id());
                          assertThat(disputed.stage()).isEqualTo(DisputeNotice.Stage.CHARGEBACK);
                          assertThat(disputed.amount()).isEqualTo(AMOUNT);
                        }));
  }

  /** The card is set up by whoever has its shopper authenticated, which the connector has not. */
  @Test
  @Override
  void aStoredCardIsChargedWithoutTheShopper() throws IOException {
    String token = String.valueOf(at(post(TOKENIZE), "tokenizeCreditCard", "paymentMethod", "id"));
    String agreement =
        String.valueOf(
            at(
                post(STORE.replace("TOKEN", token)),
                "chargeCreditCard",
                "transaction",
                "paymentMethodSnapshot",
                "networkTransactionId"));
    assertThat(agreement).startsWith("ntx_");
    connected.card(UNLESS_SET_UP).cvc(null);
    assertThat(connected.run(merchants(agreement))).isInstanceOf(ProviderResult.Approved.class);
    assertThat(connected.run(merchants("ntx_00000000never")))
        .isInstanceOfSatisfying(
            ProviderResult.Declined.class,
            declined -> assertThat(declined.code()).isEqualTo(DeclineCode.AUTHENTICATION_REQUIRED));
    connected.card(VISA).cvc("123");
    assertThat(
            connected.run(
                authorize(true, CardUse.STORE, Challenge.ifNeeded("https://shop.example/"))))
        .isInstanceOf(ProviderResult.Approved.class);
  }

  private static ProviderOperation merchants(String agreement) {
    return authorize(
        true,
        new CardUse(Initiator.MERCHANT, false, agreement),
        Challenge.ifNeeded("https://shop.example/"));
  }

  private static final String TOKENIZE =
      """
      mutation { tokenizeCreditCard(input: {creditCard: {number: "4000002500003155",
        expirationMonth: "12", expirationYear: "2034"}}) { paymentMethod { id } } }\
      """;

  private static final String STORE =
      """
      mutation { chargeCreditCard(input: {paymentMethodId: "TOKEN", transaction: {amount: "1.00",
        threeDSecurePassThrough: {eciFlag: "05", cavv: "AAABAWFlmQAAAABjRWWZEEFgFz8="}},
        options: {externalVault: {status: WILL_VAULT}}}) { transaction { status
          paymentMethodSnapshot { ... on CreditCardTransactionDetails { networkTransactionId } } } } }\
      """;

  /** A query of nobody's policy: any of the schema's is answered. */
  private Map<String, @Nullable Object> post(String query) throws IOException {
    return rig.client
        .send(
            HttpRequest.newBuilder(URI.create(rig.simulator.providerUrl() + "/graphql"))
                .header("Authorization", authorization())
                .POST(BodyPublishers.ofByteArray(Json.write(Map.of("query", query))))
                .build())
        .body();
  }

  private static @Nullable Object at(Map<String, @Nullable Object> answer, String... names) {
    Object here = answer.get("data");
    for (String name : names) {
      here = here instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return here;
  }

  @Test
  void aQueryThatIsNotOfTheSchemaIsRefused() throws IOException {
    assertThat(post("query { ping nothing }"))
        .extractingByKey("errors")
        .asString()
        .contains("nothing", "VALIDATION");
  }
}
