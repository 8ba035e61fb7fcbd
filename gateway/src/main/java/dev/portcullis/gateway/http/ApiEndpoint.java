package dev.portcullis.gateway.http;

import dev.portcullis.gateway.journal.IdempotencyUse;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.limits.BodyBudget;
import dev.portcullis.gateway.limits.Errand;
import dev.portcullis.gateway.limits.LimitReached;
import dev.portcullis.gateway.limits.Limits;
import dev.portcullis.gateway.limits.RouteClass;
import dev.portcullis.gateway.versions.DefaultVersions;
import dev.portcullis.gateway.versions.Version;
import dev.portcullis.gateway.versions.VersionGates;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.http.CommonHeaders;
import dev.portcullis.wire.idempotency.IdempotencyKey;
import dev.portcullis.wire.log.RequestScope;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.Shape;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * The one way through which every API request goes: route, version, key, parameters, card data,
 * expansion, use case, answer. Whatever goes wrong becomes an error of the wire's form.
 */
@Component
public final class ApiEndpoint
    implements RouterFunction<ServerResponse>, HandlerFunction<ServerResponse> {

  private static final Logger LOG = Logger.getLogger(ApiEndpoint.class.getName());
  private static final List<String> SINGLE =
      List.of(
          "Authorization",
          "Content-Encoding",
          "Content-Type",
          "Idempotency-Key",
          "Stripe-Account",
          "Stripe-Context",
          "Stripe-Version");
  private static final Shape EXPAND = Shape.of(Param.expand());

  /** Official clients follow it up to a minute. */
  private static final String RETRY_AFTER_SECONDS = "10";

  private final RouteTable routes;
  private final Gatekeeper gatekeeper;
  private final CardDataGuard cardData;
  private final Expansion expansion;
  private final IdempotentExecution idempotent;
  private final DefaultVersions defaultVersions;
  private final AccessLog accessLog;
  private final Ids ids;

  ApiEndpoint(
      List<Routes> features,
      Gatekeeper gatekeeper,
      CardDataGuard cardData,
      Expansion expansion,
      IdempotentExecution idempotent,
      DefaultVersions defaultVersions,
      AccessLog accessLog,
      Ids ids) {
    this.routes = new RouteTable(features);
    this.gatekeeper = gatekeeper;
    this.cardData = cardData;
    this.expansion = expansion;
    this.idempotent = idempotent;
    this.defaultVersions = defaultVersions;
    this.accessLog = accessLog;
    this.ids = ids;
  }

  /** Every route that is served. */
  public List<Route> routes() {
    return routes.all();
  }

  /** The route that a request of that method and path leads to. */
  public Optional<Route> find(String method, String path) {
    return routes.match(method, path) instanceof RouteTable.Match.Found found
        ? Optional.of(found.route())
        : Optional.empty();
  }

  @Override
  public Optional<HandlerFunction<ServerResponse>> route(ServerRequest request) {
    return Optional.of(this);
  }

  @Override
  public ServerResponse handle(ServerRequest request) {
    return handle(request.servletRequest());
  }

  private Answer handle(HttpServletRequest http) {
    long start = accessLog.start();
    String requestId = ids.next("req");
    return RequestScope.call(
        requestId, () -> handle(start, new Call(http, requestId, gatekeeper.address(http))));
  }

  private Answer handle(long start, Call call) {
    Answer answer = answer(call);
    answer.fields().put("Request-Id", call.requestId);
    if (CommonHeaders.mayBeReadByAPage(call.http.getHeader("Authorization"))) {
      answer.fields().putAll(CommonHeaders.readable());
    }
    answer.fields().put("Stripe-Version", call.version.text());
    if (answer.status() == 503) {
      // Nothing was done, and the part that is away comes back.
      answer.fields().put("Stripe-Should-Retry", "true");
    }
    accessLog.write(start, call, answer);
    return answer;
  }

  private Answer answer(Call call) {
    try {
      return perform(call);
    } catch (LimitReached e) {
      call.limited = true;
      return limited(call, e);
    } catch (ApiException e) {
      call.cause = e.getCause();
      Answer answer = refusal(call, e.error());
      return e.error().status() == 408 ? closing(answer) : answer;
    } catch (SocketTimeoutException e) {
      call.cause = e;
      return closing(Answer.of(ApiErrors.requestTimeout()));
    } catch (IOException e) {
      call.cause = e;
      return Answer.of(ApiErrors.badRequest("The request's body could not be read."));
    } catch (TransientDataAccessException | NonTransientDataAccessResourceException e) {
      LOG.log(Level.WARNING, "The database cannot be used: " + call.requestId, e);
      return Answer.of(ApiErrors.unavailable());
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, "The request failed: " + call.requestId, e);
      return Answer.of(ApiErrors.internal());
    }
  }

  private Answer perform(Call call) throws IOException {
    HttpServletRequest http = call.http;
    RouteTable.Match match = routes.match(http.getMethod(), http.getRequestURI());
    Optional<Answer> preflight = preflight(http);
    if (preflight.isPresent()) {
      gatekeeper.admitStranger(Errand.PREFLIGHT, call.address);
      return preflight.get();
    }
    if (!(match instanceof RouteTable.Match.Found)) {
      gatekeeper.admitStranger(Errand.NOWHERE, call.address);
    }
    Optional<Version> named = version(call);
    call.version = named.orElse(Version.NEWEST);
    return switch (match) {
      case RouteTable.Match.Found(Route route, var variables) -> {
        call.route = route;
        variables.values().forEach(call::isAbout);
        yield perform(call, route, variables, named);
      }
      case RouteTable.Match.OtherMethods(var allowed) -> {
        Answer answer = Answer.of(Unsupported.method(http.getMethod(), http.getRequestURI()));
        answer.fields().put("Allow", String.join(", ", allowed.stream().map(Enum::name).toList()));
        yield answer;
      }
      case RouteTable.Match.Nothing() ->
          Answer.of(Unsupported.url(http.getMethod(), http.getRequestURI()));
    };
  }

  /** The version that the request names; one whose fields are wrong leads nowhere too. */
  private Optional<Version> version(Call call) {
    try {
      requireSingleHeaders(call.http);
      return ApiVersion.of(call.http.getHeader("Stripe-Version"));
    } catch (ApiException e) {
      gatekeeper.admitStranger(Errand.NOWHERE, call.address);
      throw e;
    }
  }

  private Answer perform(
      Call call, Route route, Map<String, String> variables, Optional<Version> named)
      throws IOException {
    Principal principal = gatekeeper.authenticate(call.http, call.address);
    call.principal = principal;
    if (route.access().cards() && principal.isPublishable()) {
      throw cardData.pageAtWrongOrigin(route.path());
    }
    Gatekeeper.authorize(call.http, route, principal);
    RouteClass kind = gatekeeper.admit(principal, call.address, route);
    try (BodyBudget.Share memory = gatekeeper.body(principal, call.address)) {
      // A page's body is small and is waited for outside: who sends slowly takes nobody's place.
      ParamTree sent =
          principal.isPublishable() ? read(call, route, Parameters.PAGE_BODY, memory) : null;
      try (Limits.Ticket ticket = gatekeeper.enter(principal, kind)) {
        Objects.requireNonNull(ticket);
        call.version = named.orElseGet(() -> defaultVersions.of(principal));
        ParamTree tree = sent == null ? read(call, route, Parameters.MAX_BODY, memory) : sent;
        return perform(call, route, variables, principal, tree);
      }
    }
  }

  /** What a browser asks before a page may call (Fetch, 4.8): yes, where publishable keys may. */
  private Optional<Answer> preflight(HttpServletRequest http) {
    String wanted = http.getHeader("Access-Control-Request-Method");
    if (!http.getMethod().equals("OPTIONS") || wanted == null) {
      return Optional.empty();
    }
    return routes.match(wanted, http.getRequestURI()) instanceof RouteTable.Match.Found found
            && found.route().access().publishable()
        ? Optional.of(
            new Answer(
                204,
                new LinkedHashMap<>(CommonHeaders.preflight(found.route().method().name())),
                new byte[0]))
        : Optional.empty();
  }

  private ParamTree read(Call call, Route route, int most, BodyBudget.Share memory)
      throws IOException {
    return Parameters.read(
        call.http, route.method(), new Parameters.Room(gatekeeper.bodyTime(), most, memory));
  }

  private Answer perform(
      Call call, Route route, Map<String, String> variables, Principal principal, ParamTree tree) {
    call.parameters = tree;
    cardData.check(tree);
    List<String> expand = expand(tree, route, principal);
    Arguments arguments = read(call.version, route, tree.without("expand"));
    ApiRequest request =
        new ApiRequest(
            principal,
            call.requestId,
            variables,
            arguments,
            expand,
            idempotency(call, route, tree, principal),
            Sender.of(call.address.getHostAddress(), call.http));
    return execute(call, request, route, expand);
  }

  /** What is left of the body is not waited for. */
  private static Answer closing(Answer answer) {
    answer.fields().put("Connection", "close");
    return answer;
  }

  /** Nothing was done: whatever it was, it may be sent again. */
  private static Answer limited(Call call, LimitReached limit) {
    Answer answer = refusal(call, limit.error());
    answer.fields().put("Retry-After", Long.toString(limit.retryAfterSeconds()));
    answer.fields().put("Stripe-Rate-Limited-Reason", limit.reason().wire());
    answer.fields().put("Stripe-Should-Retry", "true");
    return answer;
  }

  /** What is read by its first value here could be read by its last elsewhere. */
  private static void requireSingleHeaders(HttpServletRequest http) {
    for (String name : SINGLE) {
      Enumeration<String> values = http.getHeaders(name);
      if (values.hasMoreElements()) {
        values.nextElement();
        if (values.hasMoreElements()) {
          throw new ApiException(ApiErrors.givenTwice(name));
        }
      }
    }
  }

  private static Arguments read(Version version, Route route, ParamTree sent) {
    return route
        .parameters()
        .read(VersionGates.read(version, route.method() + " " + route.path(), sent));
  }

  private static Answer refusal(Call call, ApiError error) {
    Principal principal = call.principal;
    Answer answer =
        principal == null
            ? Answer.of(error)
            : Answer.of(shown(call.version, principal, new Reply(error.status(), error.body())));
    if (error.status() == 503) {
      answer.fields().put("Retry-After", RETRY_AFTER_SECONDS);
    }
    return answer;
  }

  /** What the principal may see of an answer, in its version. */
  private static Reply shown(Version version, Principal principal, Reply reply) {
    Reply rendered = new Reply(reply.status(), VersionGates.render(version, reply.body()));
    return principal.isPublishable() ? PublicViews.of(rendered) : rendered;
  }

  private Answer execute(Call call, ApiRequest request, Route route, List<String> expand) {
    IdempotentExecution.Outcome outcome =
        route.method() == Method.POST
            ? idempotent.run(request, route.handler())
            : new IdempotentExecution.Outcome(route.handler().handle(request), false);
    Reply reply = outcome.reply();
    if (reply.body().get("id") instanceof String id) {
      call.isAbout(id);
    }
    if (!expand.isEmpty() && reply.status() == 200) {
      expandIfItCan(request, route, expand, reply);
    }
    Answer answer = Answer.of(shown(call.version, request.principal(), reply));
    request.idempotency().ifPresent(use -> answer.fields().put("Idempotency-Key", use.key()));
    if (outcome.replayed()) {
      answer.fields().put("Idempotent-Replayed", "true");
    }
    return answer;
  }

  /**
   * What was done is done: if the database is gone by then, a change is still answered, with the
   * ids that it has, and never with an error that invites a second one.
   */
  private void expandIfItCan(ApiRequest request, Route route, List<String> expand, Reply reply) {
    try {
      expansion.apply(request.principal(), expand, route.result(), reply.body());
    } catch (DataAccessException e) {
      if (route.method() != Method.POST) {
        throw e;
      }
      LOG.log(Level.WARNING, request.requestId() + ": not expanded", e);
    }
  }

  private List<String> expand(ParamTree tree, Route route, Principal principal) {
    if (!tree.names().contains("expand")) {
      return List.of();
    }
    if (principal.isPublishable()) {
      throw new ApiException(
          ApiErrors.invalid(
              "expand",
              "secret_key_required",
              "A publishable API key cannot expand anything. Please use a secret API key."));
    }
    List<String> paths =
        EXPAND
            .read(
                tree.without(
                    tree.names().stream()
                        .filter(name -> !name.equals("expand"))
                        .toArray(String[]::new)))
            .strings("expand");
    expansion.check(principal, paths, route.result());
    return paths;
  }

  private Optional<IdempotencyUse> idempotency(
      Call call, Route route, ParamTree tree, Principal principal) {
    if (route.method() != Method.POST) {
      return Optional.empty();
    }
    Optional<IdempotencyKey> key = IdempotencyKey.parse(call.http.getHeader("Idempotency-Key"));
    return key.map(
        k -> {
          cardData.checkText("Idempotency-Key", k.value());
          return new IdempotencyUse(
              k.value(), fingerprint(call.http, tree), call.requestId, principal.isPublishable());
        });
  }

  private static String fingerprint(HttpServletRequest http, ParamTree tree) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String line = http.getMethod() + " " + http.getRequestURI() + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(tree.fingerprint()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }
}
