package dev.portcullis.simulator;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;

/** Answers a provider's requests, with the faults of the plan in force. */
final class Exchange {
  private final String provider;
  private final Faults faults;
  private final Metrics metrics;

  Exchange(String provider, Faults faults, Metrics metrics) {
    this.provider = provider;
    this.faults = faults;
    this.metrics = metrics;
  }

  Faults faults() {
    return faults;
  }

  /**
   * How a provider's answers look.
   *
   * @param refusal what is answered to what is refused
   * @param writing an answer as it is sent
   */
  record Wording(Function<Refused, Answer> refusal, Function<Answer, ProviderApi.Message> writing) {
    /** In JSON. */
    static Wording json(Function<Refused, Answer> refusal) {
      return new Wording(refusal, ProviderApi::json);
    }
  }

  /** One request on its way: what it is, what it does and how its answer is worded. */
  private record Request(
      String operation, ServerResponse response, Supplier<Answer> work, Wording wording) {
    Answer answer() {
      try {
        return work.get();
      } catch (Refused refused) {
        return wording.refusal().apply(refused);
      }
    }
  }

  /**
   * Does the work and answers, or fails as the plan says.
   *
   * @param operation which operation it is, for the metrics
   * @param reference what its faults are drawn by: the same in every run
   */
  void run(
      String operation,
      String reference,
      ServerResponse response,
      Supplier<Answer> work,
      Wording wording) {
    Request request = new Request(operation, response, work, wording);
    FaultPlan.Draw draw = faults.draw(operation + " " + reference);
    if (faults.await(draw.latencyMillis())) {
      throw new CloseConnectionException("stopping");
    }
    if (draw.fault() == null) {
      send(request, request.answer());
    } else {
      metrics.faulted(provider, draw.fault());
      misbehave(request, draw, draw.fault());
    }
  }

  private void misbehave(Request request, FaultPlan.Draw draw, Fault fault) {
    switch (fault) {
      case TIMEOUT_BEFORE -> hold();
      case TIMEOUT_AFTER -> {
        request.answer();
        hold();
      }
      case ERROR_BEFORE -> send(request, error(request));
      case ERROR_AFTER -> {
        request.answer();
        send(request, error(request));
      }
      case CUT_BEFORE -> throw new CloseConnectionException("a seeded fault");
      case CUT_AFTER -> {
        request.answer();
        throw new CloseConnectionException("a seeded fault");
      }
      case DUPLICATE -> {
        request.answer();
        send(request, request.answer());
      }
      case GARBAGE -> garbage(request, request.answer(), draw.variety());
    }
  }

  private void hold() {
    faults.await(faults.timeoutMillis());
    throw new CloseConnectionException("a seeded fault");
  }

  private void send(Request request, Answer answer) {
    metrics.answered(provider, request.operation(), answer.status());
    Http.send(request.response(), answer.status(), request.wording().writing().apply(answer));
  }

  private static Answer error(Request request) {
    return request
        .wording()
        .refusal()
        .apply(new Refused(500, "internal", "Something went wrong.", null));
  }

  /** Answers that a proxy, a broken deployment or a truncated stream would give. */
  private static void garbage(Request request, Answer answer, int variety) {
    byte[] right = request.wording().writing().apply(answer).body();
    byte[] wrong =
        switch (variety % 5) {
          case 0 -> "<html><body>It works!</body></html>".getBytes(StandardCharsets.UTF_8);
          case 1 -> Arrays.copyOf(right, right.length / 2);
          case 2 -> new byte[0];
          case 3 -> "{\"status\":\"aproved\"}".getBytes(StandardCharsets.UTF_8);
          default -> "{\"id\":7,\"status\":[\"approved\"]}".getBytes(StandardCharsets.UTF_8);
        };
    request.response().status(200).header(HeaderNames.CONTENT_TYPE, "application/json").send(wrong);
  }
}
