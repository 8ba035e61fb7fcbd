package dev.portcullis.wire.admin;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.net.ClientAddress;
import dev.portcullis.wire.params.FormDecoder;
import dev.portcullis.wire.params.JsonParams;
import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.people.Right;
import dev.portcullis.wire.people.Session;
import dev.portcullis.wire.people.SignIn;
import dev.portcullis.wire.people.TooManyAttempts;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one way through which every command of administration goes, in each zone: flood, rate, route,
 * session, right, parameters, command, answer.
 */
public final class AdminApi {

  private static final String BEARER = "bearer ";
  private static final String PLACE = "place ";
  private static final Pattern VARIABLE = Pattern.compile("[0-9A-Za-z._-]{1,255}");

  private final List<AdminRoute> routes;
  private final SignIn signIn;
  private final AdminFlood flood;
  private final AdminRate rate;

  /**
   * @param signIn says who is signed in
   * @throws IllegalArgumentException if two routes have the same method and path
   */
  public AdminApi(List<AdminRoute> routes, SignIn signIn, InstantSource clock) {
    this.routes = List.copyOf(routes);
    this.signIn = signIn;
    this.flood = new AdminFlood(clock);
    this.rate = new AdminRate(clock);
    Set<String> seen = new HashSet<>();
    for (AdminRoute route : routes) {
      if (!seen.add(route.method() + " " + route.path())) {
        throw new IllegalArgumentException(route.path() + " is there twice");
      }
    }
  }

  /** Every route that is served. */
  public List<AdminRoute> routes() {
    return routes;
  }

  private record Match(AdminRoute route, Map<String, String> variables) {}

  /** Where a request stands, for its line in the log. */
  private static final class Progress {
    String route = "none";
    String person = "";
  }

  /** Answers a request; what is wrong with it becomes an error of the wire's form. */
  public AdminAnswer answer(AdminCall call) {
    Progress progress = new Progress();
    AdminAnswer answer;
    try {
      flood.count(call.authorization(), call.address());
      if (!isSignedIn(call)) {
        rate.count(source(call));
      }
      answer = perform(call, progress);
    } catch (TooManyAttempts e) {
      answer =
          AdminAnswer.of(429, ApiErrors.tooManyRequests().body(), progress.route, progress.person)
              .with("Retry-After", Long.toString(e.seconds()));
    } catch (ApiException e) {
      answer =
          AdminAnswer.of(e.error().status(), e.error().body(), progress.route, progress.person);
    }
    return answer.with("Request-Id", call.id());
  }

  /** Whoever is signed in is not counted: strangers at the same address shut nobody out. */
  private boolean isSignedIn(AdminCall call) {
    try {
      boolean signedIn = signIn.session(token(call.authorization())).isPresent();
      if (signedIn) {
        flood.proved(call.authorization());
      }
      return signedIn;
    } catch (ApiException _) {
      return false;
    }
  }

  /**
   * A place where somebody signed in before is counted by itself, whatever its address does. All of
   * this machine's own addresses are one: whoever has one of them has them all.
   */
  private String source(AdminCall call) {
    String place = place(call);
    if (place != null && signIn.isKnownPlace(place)) {
      flood.proved(call.authorization());
      return place;
    }
    return ClientAddress.isLoopback(call.address())
        ? "loopback"
        : ClientAddress.network(call.address());
  }

  private static @Nullable String place(AdminCall call) {
    String authorization = call.authorization();
    return authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(PLACE)
        ? authorization.substring(PLACE.length()).strip()
        : null;
  }

  private AdminAnswer perform(AdminCall call, Progress progress) {
    Match match = match(call);
    AdminRoute route = match.route();
    progress.route = route.path();
    String token = null;
    Session session = null;
    Right right = route.right();
    if (right != null) {
      token = token(call.authorization());
      session = signIn.session(token).orElseThrow(AdminApi::notSignedIn);
      progress.person = session.person();
      if (!session.role().has(right)) {
        throw new ApiException(
            ApiErrors.forbidden("The role " + session.role().wireName() + " does not allow this."));
      }
    }
    var arguments = route.shape().read(parameters(call));
    Map<String, ? extends @Nullable Object> tree =
        route
            .handler()
            .handle(
                new AdminRequest(
                    call.id(),
                    call.address(),
                    token,
                    place(call),
                    session,
                    match.variables(),
                    arguments));
    if (tree.get("place") instanceof String given) {
      flood.proved("Place " + given); // as whoever comes back from there shows it
    }
    return AdminAnswer.of(200, tree, progress.route, progress.person);
  }

  private Match match(AdminCall call) {
    List<String> path = AdminRoute.segmentsOf(call.path());
    List<String> others = new ArrayList<>();
    for (AdminRoute route : routes) {
      Optional<Map<String, String>> variables = variables(route, path);
      if (variables.isPresent()) {
        if (route.method().equals(call.method())) {
          return new Match(route, variables.get());
        }
        others.add(route.method());
      }
    }
    throw new ApiException(
        others.isEmpty()
            ? ApiErrors.unrecognizedUrl(ApiErrors.shown(call.method()), call.path())
            : ApiErrors.methodNotAllowed(call.method(), call.path()));
  }

  private static Optional<Map<String, String>> variables(AdminRoute route, List<String> path) {
    List<String> pattern = route.segments();
    if (pattern.size() != path.size()) {
      return Optional.empty();
    }
    Map<String, String> variables = new LinkedHashMap<>();
    for (int at = 0; at < path.size(); at++) {
      String expected = pattern.get(at);
      String segment = path.get(at);
      if (expected.startsWith("{") && VARIABLE.matcher(segment).matches()) {
        variables.put(expected.substring(1, expected.length() - 1), segment);
      } else if (!expected.equals(segment)) {
        return Optional.empty();
      }
    }
    return Optional.of(variables);
  }

  private static ParamTree parameters(AdminCall call) {
    String query = call.query();
    if (call.method().equals("POST")) {
      if (query != null && !query.isEmpty()) {
        throw new ApiException(
            ApiErrors.badRequest("Send a command's parameters in its body, not in the query."));
      }
      return JsonParams.decode(call.body());
    }
    if (call.body().length > 0) {
      throw new ApiException(ApiErrors.badRequest("Only a POST request has a body."));
    }
    return query == null ? ParamTree.EMPTY : FormDecoder.decode(query);
  }

  private static String token(@Nullable String authorization) {
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      throw notSignedIn();
    }
    return authorization.substring(BEARER.length()).strip();
  }

  private static ApiException notSignedIn() {
    return new ApiException(
        ApiErrors.unauthorized("You are not signed in, or your session has ended.")
            .withCode("session_required"));
  }
}
