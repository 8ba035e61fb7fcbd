package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.gateway.http.Strangers;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.limits.Errand;
import dev.portcullis.gateway.limits.LimitReached;
import dev.portcullis.kit.Ids;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * {@code GET /redirect/{account}/{operation}/{hash}}: where a shopper comes out of a challenge. It
 * asks the provider what came of it, and sends the shopper on to the merchant's page, or shows a
 * page of its own when there is none. It believes nothing of the request but the operation's id,
 * with a keyed hash of it that stands in no log, so that nobody can make a payment succeed by
 * opening an address; what the shopper brought goes to the provider, which says what it is worth.
 *
 * <p>The merchant's page is given the client secret while the challenge is open and until a day
 * after it was begun, so that reloading works; after that an old address gives nothing away.
 */
public final class RedirectEndpoint implements RouterFunction<ServerResponse> {

  /** The route, as the file of routes names it. */
  public static final String ROUTE = ReturnUrls.PATH + "{account}/{operation}/{hash}";

  private static final Logger LOG = Logger.getLogger(RedirectEndpoint.class.getName());

  private static final int MOST_BROUGHT = 20;
  private static final int LONGEST = 8_000;

  private static final Duration SECRET_LIFE = Duration.ofDays(1);

  private final PaymentStore store;
  private final Resolver resolver;
  private final ClientSecrets secrets;
  private final Strangers strangers;
  private final InstantSource clock;

  /**
   * @param clock tells when a challenge is over for good
   */
  public RedirectEndpoint(
      PaymentStore store,
      Resolver resolver,
      ClientSecrets secrets,
      Strangers strangers,
      InstantSource clock) {
    this.strangers = strangers;
    this.clock = clock;
    this.store = store;
    this.resolver = resolver;
    this.secrets = secrets;
  }

  @Override
  public Optional<HandlerFunction<ServerResponse>> route(ServerRequest request) {
    return request.method().name().equals("GET") && request.path().startsWith(ReturnUrls.PATH)
        ? Optional.of(this::handle)
        : Optional.empty();
  }

  private ServerResponse handle(ServerRequest request) {
    try {
      strangers.admit(request.servletRequest(), Errand.RETURN);
      return answer(request);
    } catch (LimitReached e) {
      LOG.log(Level.FINE, "a shopper comes too often", e);
      return page(HttpStatus.TOO_MANY_REQUESTS, "Please wait a moment, and load this page again.");
    }
  }

  private ServerResponse answer(ServerRequest request) {
    String[] parts = request.path().substring(ReturnUrls.PATH.length()).split("/", -1);
    if (parts.length != 3
        || !Ids.isWellFormed("op", parts[1])
        || !parts[0].matches("acct_[0-9A-Za-z]{1,64}")
        || !secrets.matchesReturn(parts[0], parts[1], parts[2])) {
      return page(HttpStatus.NOT_FOUND, "There is nothing here.");
    }
    Optional<Operation> found = store.operation(parts[0], parts[1]);
    if (found.isEmpty() || found.get().kind() != OperationKind.AUTHORIZE) {
      return page(HttpStatus.NOT_FOUND, "There is nothing here.");
    }
    Operation begun = found.get();
    Operation operation = current(begun);
    boolean open = operation.sending().state() == Operation.State.WAITING;
    String before = step(begun).map(NextAction::url).orElse("");
    boolean fresh = clock.instant().isBefore(begun.head().created().plus(SECRET_LIFE));
    if (open) {
      try {
        resolver.returned(operation, brought(request));
      } catch (RuntimeException e) {
        // The resolver asks again by itself; the shopper must not be left standing here.
        LOG.log(Level.WARNING, "a return could not be resolved at once", e);
      }
    }
    // Whoever gave up would otherwise be sent back to the step that they came from.
    return step(begun)
        .filter(step -> !before.isEmpty() && !step.url().equals(before))
        .map(
            step ->
                ServerResponse.status(HttpStatus.SEE_OTHER)
                    .location(URI.create(step.url()))
                    .build())
        .orElseGet(() -> outcome(operation, open || fresh));
  }

  /** A challenge can have several steps; each is an operation, and all come back by the first's. */
  private Operation current(Operation begun) {
    String current = underWay(begun);
    return begun.head().id().equals(current)
        ? begun
        : Optional.ofNullable(current)
            .flatMap(id -> store.operation(begun.head().account(), id))
            .filter(
                each ->
                    each.attempt().ask() instanceof ProviderOperation.Complete complete
                        && complete.of().equals(begun.head().id()))
            .orElse(begun);
  }

  private @Nullable String underWay(Operation operation) {
    Principal principal = Settlement.principal(operation.head());
    String object = operation.attempt().object();
    return switch (operation.attempt().objectType()) {
      case "payment_intent" ->
          store.paymentIntent(principal, object).map(i -> i.progress().operation()).orElse(null);
      case "setup_intent" ->
          store.setupIntent(principal, object).map(i -> i.progress().operation()).orElse(null);
      default -> null;
    };
  }

  /** What the shopper has to do, if anything. */
  private Optional<NextAction> step(Operation came) {
    Principal principal = Settlement.principal(came.head());
    String object = came.attempt().object();
    return switch (came.attempt().objectType()) {
      case "payment_intent" ->
          store.paymentIntent(principal, object).map(i -> i.progress().nextAction());
      case "setup_intent" ->
          store.setupIntent(principal, object).map(i -> i.progress().nextAction());
      default -> Optional.empty();
    };
  }

  /** What the provider gave the shopper to bring; whatever does not look like it is left out. */
  private static Map<String, String> brought(ServerRequest request) {
    Map<String, String> brought = new TreeMap<>();
    request
        .params()
        .toSingleValueMap()
        .forEach(
            (name, value) -> {
              boolean fits = name.matches("[0-9A-Za-z_.-]{1,64}") && value.length() <= LONGEST;
              if (fits && brought.size() < MOST_BROUGHT) {
                brought.put(name, value);
              }
            });
    return brought;
  }

  private ServerResponse outcome(Operation operation, boolean withSecret) {
    Principal principal = Settlement.principal(operation.head());
    String id = operation.attempt().object();
    return switch (operation.attempt().objectType()) {
      case "payment_intent" -> {
        PaymentIntent intent = store.paymentIntent(principal, id).orElseThrow();
        yield send("payment_intent", id, intent.terms().returnUrl(), status(intent), withSecret);
      }
      case "setup_intent" -> {
        SetupIntent intent = store.setupIntent(principal, id).orElseThrow();
        yield send("setup_intent", id, intent.terms().returnUrl(), status(intent), withSecret);
      }
      default -> page(HttpStatus.NOT_FOUND, "There is nothing here.");
    };
  }

  private static String status(PaymentIntent intent) {
    return switch (intent.status()) {
      case SUCCEEDED, REQUIRES_CAPTURE -> "succeeded";
      case REQUIRES_CONFIRMATION -> intent.awaitsSecondConfirmation() ? "succeeded" : "failed";
      case PROCESSING, REQUIRES_ACTION -> "pending";
      case REQUIRES_PAYMENT_METHOD, CANCELED -> "failed";
    };
  }

  private static String status(SetupIntent intent) {
    return switch (intent.status()) {
      case SUCCEEDED -> "succeeded";
      case PROCESSING, REQUIRES_ACTION -> "pending";
      case REQUIRES_PAYMENT_METHOD, REQUIRES_CONFIRMATION, CANCELED -> "failed";
    };
  }

  private ServerResponse send(
      String object, String id, @Nullable String returnUrl, String status, boolean withSecret) {
    if (returnUrl == null) {
      return page(
          HttpStatus.OK,
          switch (status) {
            case "succeeded" -> "Thank you. Your card was confirmed; you can close this page.";
            case "pending" -> "Your payment is being processed; you can close this page.";
            default -> "Your card could not be confirmed. Please go back and try another one.";
          });
    }
    if (FramedReturn.isAt(returnUrl)) {
      // The page in which the frame stands has the client secret and asks by it.
      return ServerResponse.status(HttpStatus.SEE_OTHER).location(URI.create(returnUrl)).build();
    }
    int fragmentAt = returnUrl.indexOf('#');
    String base = fragmentAt < 0 ? returnUrl : returnUrl.substring(0, fragmentAt);
    String fragment = fragmentAt < 0 ? "" : returnUrl.substring(fragmentAt);
    String query =
        object
            + "="
            + encode(id)
            + (withSecret ? "&" + object + "_client_secret=" + encode(secrets.of(id)) : "")
            + "&redirect_status="
            + status;
    return ServerResponse.status(HttpStatus.SEE_OTHER)
        .location(URI.create(base + (base.contains("?") ? "&" : "?") + query + fragment))
        .build();
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static ServerResponse page(HttpStatus status, String sentence) {
    String html =
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\""
            + " content=\"width=device-width\"><title>Payment</title><main><h1>Payment</h1><p>"
            + sentence
            + "</p></main></html>";
    return ServerResponse.status(status)
        .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
        .body(html.getBytes(StandardCharsets.UTF_8));
  }
}
