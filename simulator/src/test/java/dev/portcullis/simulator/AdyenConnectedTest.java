package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.NotificationReader;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Our connector against the pretended Adyen. */
class AdyenConnectedTest extends ConnectedContract {
  AdyenConnectedTest() {
    super("adyen", "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056");
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
                    .flatExtracting(each -> reader.read(Json.readObject(each.body())))
                    .filteredOn(Notification.Disputed.class::isInstance)
                    .extracting(Notification.Disputed.class::cast)
                    .anySatisfy(
                        disputed -> {
                          assertThat(disputed.operation()).isEqualTo(pay.id());
                          assertThat(disputed.stage()).isEqualTo(Stage.CHARGEBACK);
                          assertThat(disputed.amount()).isEqualTo(AMOUNT);
                        }));
  }

  /** Adyen has one word for both. */
  @Override
  DeclineCode expected(Refusal refusal) {
    return refusal == Refusal.LOST || refusal == Refusal.STOLEN
        ? DeclineCode.RESTRICTED_CARD
        : refusal.code;
  }
}
