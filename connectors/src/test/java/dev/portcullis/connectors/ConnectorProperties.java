package dev.portcullis.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.NotificationReader;
import dev.portcullis.connectors.spi.PreparationStep;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Whatever a provider sends, nothing is thrown, and only its own approval of it approves. */
class ConnectorProperties {

  private static final List<Integer> STATUSES =
      List.of(200, 200, 200, 201, 201, 202, 204, 302, 400, 401, 402, 403, 404, 409, 422, 429, 500);

  @Provide
  Arbitrary<Specimen> specimens() {
    return Arbitraries.of(Specimens.all());
  }

  @Property(tries = 1_500)
  void neverTakesNonsenseForAnApproval(
      @ForAll("specimens") Specimen specimen, @ForAll Random random) {
    Connector connector = specimen.connector();
    List<ProviderOperation> operations = Operations.of(connector);
    ProviderOperation operation = pick(random, operations);
    // Of another operation as often as of this one, and broken in some places.
    Map<String, @Nullable Object> body = specimen.done(pick(random, operations)).body();
    for (int i = random.nextInt(4); i > 0; i--) {
      List<List<Object>> leaves = Trees.leaves(body);
      if (!leaves.isEmpty()) {
        body = Trees.with(body, pick(random, leaves), pick(random, Trees.STRANGE));
      }
    }
    int status = pick(random, STATUSES);
    ProviderResult result = connector.interpret(operation, new ForwardAnswer(status, body));
    if (result instanceof Approved) {
      assertThat(specimen.isApproval(operation, status, body)).isTrue();
    }
  }

  @Property(tries = 1_500)
  void readsAnyTreeAtAll(@ForAll("specimens") Specimen specimen, @ForAll Random random) {
    Connector connector = specimen.connector();
    List<String> names = new ArrayList<>(List.of("data", "error", "notificationItems"));
    List<ProviderOperation> operations = Operations.of(connector);
    for (ProviderOperation operation : operations) {
      Trees.leaves(specimen.done(operation).body())
          .forEach(leaf -> leaf.forEach(step -> names.add(String.valueOf(step))));
    }
    Map<String, @Nullable Object> body = object(random, names, 3);
    for (ProviderOperation operation : operations) {
      int status = pick(random, STATUSES);
      if (connector.interpret(operation, new ForwardAnswer(status, body)) instanceof Approved) {
        assertThat(specimen.isApproval(operation, status, body)).isTrue();
      }
    }
    if (connector instanceof PreparationStep step) {
      for (ProviderOperation operation : operations) {
        if (step.preparation(operation).isPresent()) {
          step.prepared(operation, new ForwardAnswer(200, body));
        }
      }
    }
    if (connector instanceof NotificationReader reader) {
      for (Notification told : reader.read(body)) {
        assertThat(told).isNotNull();
      }
    }
  }

  private static Map<String, @Nullable Object> object(
      Random random, List<String> names, int depth) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      object.put(pick(random, names), value(random, names, depth));
    }
    return object;
  }

  private static @Nullable Object value(Random random, List<String> names, int depth) {
    return switch (depth == 0 ? 2 : random.nextInt(4)) {
      case 0 -> object(random, names, depth - 1);
      case 1 -> List.of(object(random, names, depth - 1), "x", object(random, names, depth - 1));
      default -> pick(random, Trees.STRANGE);
    };
  }

  private static <T extends @Nullable Object> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
