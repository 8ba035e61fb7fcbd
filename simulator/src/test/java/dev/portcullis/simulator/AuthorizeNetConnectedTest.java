package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Our connector against the pretended Authorize.Net. */
class AuthorizeNetConnectedTest extends ConnectedContract {
  private static final String UNLESS_SET_UP = "4000002500003155";

  AuthorizeNetConnectedTest() {
    super("authorizenet", "signature-key-of-the-tests");
  }

  @Override
  void settle() {
    rig.pass(Duration.ofDays(1));
  }

  /** It has few words for why a card is refused. */
  @Override
  DeclineCode expected(Refusal refusal) {
    return switch (refusal) {
      case FUNDS -> DeclineCode.GENERIC_DECLINE;
      case LOST, STOLEN -> DeclineCode.PICKUP_CARD;
      default -> refusal.code;
    };
  }

  /** It documents no member for it. */
  @Override
  boolean passesOn() {
    return false;
  }

  @Override
  String another(String reference) {
    return "69999999999";
  }

  /** What is not in the list of what has not settled may have settled. */
  @Override
  boolean proves() {
    return false;
  }

  /** A notification names no currency. */
  @Override
  boolean tellsOnlyToAsk() {
    return true;
  }

  /** The card is set up by whoever has its shopper authenticated, which the connector has not. */
  @Test
  @Override
  void aStoredCardIsChargedWithoutTheShopper() throws IOException {
    String agreement = setUp();
    connected.card(UNLESS_SET_UP).cvc(null);
    assertThat(connected.run(merchants(agreement))).isInstanceOf(ProviderResult.Approved.class);
    assertThat(connected.run(merchants("ntx_00000000never")))
        .isInstanceOf(ProviderResult.Declined.class);
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

  private String setUp() throws IOException {
    String request =
        """
        {"createTransactionRequest": {"merchantAuthentication": {"name": "login",
          "transactionKey": "KEY"}, "transactionRequest": {
          "transactionType": "authOnlyTransaction", "amount": "1.00",
          "payment": {"creditCard": {"cardNumber": "4000002500003155",
            "expirationDate": "2034-12"}},
          "cardholderAuthentication": {"authenticationIndicator": "05",
            "cardholderAuthenticationValue": "AAABAWFlmQAAAABjRWWZEEFgFz8="},
          "processingOptions": {"isFirstSubsequentAuth": true}}}}\
        """
            .replace("KEY", Client.PROVIDER_KEY);
    Client.Reply reply =
        rig.client.send(
            HttpRequest.newBuilder(URI.create(rig.simulator.providerUrl() + "/xml/v1/request.api"))
                .POST(BodyPublishers.ofString(request))
                .build());
    return reply.get("transactionResponse") instanceof Map<?, ?> response
        ? String.valueOf(response.get("networkTransId"))
        : reply.html();
  }
}
