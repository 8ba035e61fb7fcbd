package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A card of nobody pays for one payment, also when many begin with it at once. */
class FreshCardRaceTest {

  private static final int AT_ONCE = 20;
  private static final int AMOUNT = 9_471;

  private final Gateway gateway = Gateway.IT;

  @Test
  void oneOfManyPaymentsGetsAFreshCard() throws Exception {
    String card = gateway.vault.card(gateway.principal, null);
    CyclicBarrier together = new CyclicBarrier(AT_ONCE);
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      Callable<Answer> pay =
          () -> {
            together.await();
            return gateway.post(
                "/v1/payment_intents",
                "amount",
                Integer.toString(AMOUNT),
                "currency",
                "usd",
                "payment_method",
                card,
                "payment_method_types[]",
                "card",
                "confirm",
                "true");
          };
      List<Future<Answer>> answers =
          threads.invokeAll(IntStream.range(0, AT_ONCE).mapToObj(_ -> pay).toList());
      long paid = 0;
      for (Future<Answer> answer : answers) {
        paid += answer.get().status() == 200 ? 1 : 0;
      }
      assertThat(paid).isEqualTo(1);
    }
    assertThat(gateway.provider.entries("sandbox.authorize", AMOUNT)).hasSize(1);
  }
}
