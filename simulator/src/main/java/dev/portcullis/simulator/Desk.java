package dev.portcullis.simulator;

import dev.portcullis.kit.Secret;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.tls.PemIdentity;
import io.helidon.http.Method;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a {@link ProviderApi} works: its routes, its books, its clock, its addresses. */
public final class Desk implements HttpService {

  /** Answers one request, as one step of the books. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Answers.
     *
     * @throws Refused if the request changes nothing; {@link ProviderApi#refusal} words it
     */
    Answer answer(Call call);
  }

  private record Route(Method method, String path, String operation, Handler handler) {}

  private final ProviderApi api;
  private final Acquirer acquirer;
  private final Exchange exchange;
  private final Surroundings surroundings;
  private final List<Route> routes = new ArrayList<>();
  private final Hooks hooks = new Hooks();

  /** What all providers share. */
  interface Surroundings {
    InstantSource clock();

    Secret providerKey();

    PemIdentity signer();

    String providerUrl();

    String shopperUrl();
  }

  Desk(ProviderApi api, Acquirer acquirer, Exchange exchange, Surroundings surroundings) {
    this.api = api;
    this.acquirer = acquirer;
    this.exchange = exchange;
    this.surroundings = surroundings;
    api.routes(this);
  }

  ProviderApi api() {
    return api;
  }

  Exchange exchange() {
    return exchange;
  }

  /** The provider's books. */
  public Acquirer books() {
    return acquirer;
  }

  /** Where it was told by its own API to send notifications to. */
  public Hooks hooks() {
    return hooks;
  }

  /** The simulator's clock, which a test may set forward. */
  public InstantSource clock() {
    return surroundings.clock();
  }

  /** Where this API is, without a slash at the end. */
  public String providerUrl() {
    return surroundings.providerUrl();
  }

  /** The key that whoever calls the providers has. */
  public Secret key() {
    return surroundings.providerKey();
  }

  /** What notifications are signed with where a certificate says by whom: RSA. */
  public PemIdentity signer() {
    return surroundings.signer();
  }

  /** Where the shopper is asked; null if nothing is to be asked (any more). */
  public @Nullable String challengeUrl(Operation.Authorization authorization) {
    return authorization.isWaiting() && authorization.challenge() != null
        ? surroundings.shopperUrl()
            + "/challenge/"
            + authorization.identity().id()
            + "?token="
            + authorization.challenge().token()
        : null;
  }

  /**
   * Adds a route.
   *
   * @param path with variables in braces
   * @param operation what it is called in the metrics
   */
  public Desk get(String path, String operation, Handler handler) {
    return add(Method.GET, path, operation, handler);
  }

  /** Adds a route. */
  public Desk post(String path, String operation, Handler handler) {
    return add(Method.POST, path, operation, handler);
  }

  /** Adds a route. */
  public Desk put(String path, String operation, Handler handler) {
    return add(Method.PUT, path, operation, handler);
  }

  /** Adds a route. */
  public Desk patch(String path, String operation, Handler handler) {
    return add(Method.PATCH, path, operation, handler);
  }

  /** Adds a route. */
  public Desk delete(String path, String operation, Handler handler) {
    return add(Method.DELETE, path, operation, handler);
  }

  private Desk add(Method method, String path, String operation, Handler handler) {
    routes.add(new Route(method, path, operation, handler));
    return this;
  }

  @Override
  public void routing(HttpRules rules) {
    routes.forEach(
        route ->
            rules.route(
                route.method(),
                route.path(),
                (request, response) -> serve(route, request, response)));
  }

  private void serve(Route route, ServerRequest request, ServerResponse response) {
    Call call = new Call(api, request, acquirer.books().randomText());
    // A fault is drawn by what is the same in every run: the key, or what is asked for.
    String key = call.isRead() ? null : api.idempotencyKey(call);
    String drawn = key == null ? call.path() : key;
    exchange.run(
        route.operation(),
        drawn,
        response,
        () -> {
          api.authenticate(call, surroundings.providerKey());
          return acquirer.step(() -> once(route.handler(), call));
        },
        new Exchange.Wording(api::refusal, answer -> api.write(call, answer)));
  }

  /** One step: the same key gets the first answer, and nothing is done twice. */
  private Answer once(Handler handler, Call call) {
    String key = call.isRead() ? null : api.idempotencyKey(call);
    if (key == null) {
      return handler.answer(call);
    }
    String comparable = call.comparable();
    Operation.Receipt receipt = acquirer.books().receipt(key);
    if (receipt != null) {
      if (!receipt.identity().fingerprint().equals(Books.fingerprint(comparable))) {
        throw new Refused(
            409, "idempotency_mismatch", "This key came before with another request.", null);
      }
      return api.again(answer(receipt));
    }
    Answer answer = answerOf(handler, call);
    if (api.isKept(answer)) {
      String body = answer.body() == null ? null : Json.writeString(answer.body());
      acquirer.books().keep(key, comparable, answer.status(), body);
    }
    return answer;
  }

  private Answer answerOf(Handler handler, Call call) {
    try {
      return handler.answer(call);
    } catch (Refused refused) {
      return api.refusal(refused);
    }
  }

  private static Answer answer(Operation.Receipt receipt) {
    String body = receipt.body();
    return body == null
        ? new Answer(receipt.status(), Map.of(), null)
        : new Answer(receipt.status(), Json.readObject(body));
  }
}
