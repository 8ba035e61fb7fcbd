package dev.portcullis.simulator;

import dev.portcullis.kit.Currency;
import io.helidon.common.parameters.Parameters;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the shopper sees: the bank that asks whether it is really them. */
final class ChallengeRoutes implements HttpService {

  /** No script at all. Shops show a bank's page in a frame (EMV 3-D Secure, 4.2), so any may. */
  private static final String POLICY =
      "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors http: https:";

  private static final String PAGE = resource("challenge.html");
  private static final String OVER = resource("over.html");
  private static final String STYLE = resource("challenge.css");

  /** A provider at which shoppers are asked. */
  record Asking(Acquirer acquirer, Function<Operation.Authorization, @Nullable String> returnUrl) {}

  private record Asked(Asking asking, Operation.Authorization authorization) {}

  private final List<Asking> all;

  ChallengeRoutes(List<Asking> all) {
    this.all = List.copyOf(all);
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .get("/challenge.css", this::style)
        .get("/challenge/{id}", this::show)
        .post("/challenge/{id}", this::answer);
  }

  private void style(ServerRequest request, ServerResponse response) {
    send(response, 200, "text/css; charset=utf-8", STYLE);
  }

  private void show(ServerRequest request, ServerResponse response) {
    Optional<Operation.Authorization> found =
        asked(id(request), request.query().first("token").orElse("")).map(Asked::authorization);
    if (found.isEmpty()) {
      over(response, 404, "This link is not right", "Please go back to the shop and try again.");
    } else if (found.get().isWaiting()) {
      send(response, 200, "text/html; charset=utf-8", page(found.get()));
    } else {
      over(
          response, 200, "This is done", "You have answered already. You can go back to the shop.");
    }
  }

  private void answer(ServerRequest request, ServerResponse response) {
    Parameters form =
        request.content().hasEntity()
            ? request.content().as(Parameters.class)
            : Parameters.empty("form");
    @Nullable Boolean passed =
        switch (form.first("outcome").orElse("")) {
          case "complete" -> true;
          case "fail" -> false;
          default -> null;
        };
    if (passed == null) {
      over(response, 400, "Nothing was chosen", "Please go back and choose one of the buttons.");
      return;
    }
    String token = form.first("token").orElse("");
    @Nullable String back =
        asked(id(request), token).map(asked -> answered(asked, token, passed)).orElse(null);
    if (back == null) {
      over(response, 404, "This link is not right", "Please go back to the shop and try again.");
      return;
    }
    secure(response).status(303).header(HeaderNames.LOCATION, back).send();
  }

  private static @Nullable String answered(Asked asked, String token, boolean passed) {
    Asking asking = asked.asking();
    return asking
        .acquirer()
        .answer(asked.authorization().identity().id(), token, passed)
        .map(asking.returnUrl())
        .orElse(null);
  }

  private Optional<Asked> asked(String id, String token) {
    return all.stream()
        .flatMap(
            asking ->
                asking.acquirer().challenged(id, token).stream()
                    .map(found -> new Asked(asking, found)))
        .findFirst();
  }

  private static String id(ServerRequest request) {
    return request.path().pathParameters().get("id");
  }

  private static String page(Operation.Authorization authorization) {
    String token = authorization.challenge() == null ? "" : authorization.challenge().token();
    return PAGE.replace("${amount}", amount(authorization.terms()))
        .replace("${last4}", authorization.terms().last4())
        .replace("${id}", authorization.identity().id())
        .replace("${token}", token);
  }

  /** Every value here is a number or comes from a closed list: nothing needs escaping. */
  private static String amount(Operation.Terms terms) {
    if (terms.amount() == 0) {
      return "no charge, your card is only being saved";
    }
    int exponent = Currency.of(terms.currency()).exponent();
    return BigDecimal.valueOf(terms.amount(), exponent).toPlainString()
        + " "
        + terms.currency().toUpperCase(Locale.ROOT);
  }

  private static void over(ServerResponse response, int status, String title, String text) {
    String page = OVER.replace("${title}", title).replace("${text}", text);
    send(response, status, "text/html; charset=utf-8", page);
  }

  private static void send(ServerResponse response, int status, String type, String text) {
    secure(response)
        .status(status)
        .header(HeaderNames.CONTENT_TYPE, type)
        .send(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ServerResponse secure(ServerResponse response) {
    return response
        .header("Content-Security-Policy", POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
        .header(HeaderNames.CACHE_CONTROL, "no-store");
  }

  private static String resource(String name) {
    try (InputStream in = ChallengeRoutes.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
