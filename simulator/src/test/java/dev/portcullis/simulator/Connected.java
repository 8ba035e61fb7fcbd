package dev.portcullis.simulator;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.PreparationStep;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderSetup;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One of our connectors, connected to its provider's pretended API: does what the vault does, by
 * the policy's own text.
 */
final class Connected {

  /** Values of the parameters of all providers. */
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "merchant-account", "ShopECOM",
          "live-prefix", "1797a841fbb37ca7-Shop",
          "processing-channel-id", "pc_abcdefghijklmnopqrstuvwxyz",
          "api-prefix", "vkuhvk4v",
          "webhook-id", "8PT597110X687430LKGECATA",
          "merchant-account-id", "shop_usd",
          "currency", "usd");

  private final Rig rig;
  private final Connector connector;
  private final Map<String, @Nullable Object> policy;
  private final Map<String, PreparationStep.Prepared.Ready> ready = new HashMap<>();
  private @Nullable String number = "4242424242424242";
  private @Nullable String cvc = "123";
  private @Nullable String token;
  private String key = Client.PROVIDER_KEY;

  /** The last answer's status and whole body, for what no connector reads. */
  Client.@Nullable Reply last;

  Connected(Rig rig, String provider) throws IOException {
    this.rig = rig;
    this.connector = Connectors.find(provider).orElseThrow();
    ProviderSetup setup = connector.manifest().setup();
    Map<String, String> given = new LinkedHashMap<>();
    for (ProviderSetup.Parameter parameter : setup.parameters()) {
      given.put(parameter.name(), Objects.requireNonNull(PARAMETERS.get(parameter.name())));
    }
    try (InputStream in = Connectors.class.getResourceAsStream(setup.policy())) {
      String template =
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      this.policy = Json.readObject(setup.policy(template, false, "shop", given));
    }
  }

  Connector connector() {
    return connector;
  }

  /** The card that the slots are filled with from now on. */
  Connected card(String next) {
    number = next;
    return this;
  }

  /** The provider's key from now on. */
  Connected key(String next) {
    key = next;
    token = null;
    return this;
  }

  /** The security code from now on; null for none, as with a stored card. */
  Connected cvc(@Nullable String next) {
    cvc = next;
    return this;
  }

  /** Runs the operation, with its preparation if it has one: once, like the gateway. */
  ProviderResult run(ProviderOperation operation) throws IOException {
    return switch (prepare(operation)) {
      case PreparationStep.Prepared.Ready own ->
          connector.interpret(operation, forward(own.request(), operation.id()));
      case PreparationStep.Prepared.Decided(ProviderResult result) -> result;
      case PreparationStep.Prepared.NotReady(String reason) ->
          new ProviderResult.Unknown("not ready: " + reason);
    };
  }

  /** The operation's own request, which is kept once it is known. */
  PreparationStep.Prepared prepare(ProviderOperation operation) throws IOException {
    ForwardRequest first =
        connector instanceof PreparationStep step ? step.preparation(operation).orElse(null) : null;
    if (first == null) {
      return new PreparationStep.Prepared.Ready(connector.request(operation));
    }
    PreparationStep.Prepared known = ready.get(operation.id());
    if (known != null) {
      return known;
    }
    PreparationStep.Prepared prepared =
        ((PreparationStep) connector).prepared(operation, forward(first, null));
    if (prepared instanceof PreparationStep.Prepared.Ready own) {
      ready.put(operation.id(), own);
    }
    return prepared;
  }

  /** The provider's name for the operation where its preparation has told it, or null. */
  @Nullable String known(ProviderOperation operation) {
    PreparationStep.Prepared.Ready own = ready.get(operation.id());
    return own == null ? null : own.reference();
  }

  /** Sends one request as the vault would. */
  ForwardAnswer forward(ForwardRequest request, @Nullable String key) throws IOException {
    Map<?, ?> rule = object(object(policy, "operations"), request.operation());
    HttpRequest.Builder http =
        HttpRequest.newBuilder(URI.create(rig.simulator.providerUrl() + path(rule, request)))
            .timeout(Duration.ofSeconds(20));
    object(policy, "headers").forEach((name, value) -> http.header(name.toString(), text(value)));
    object(rule, "headers").forEach((name, value) -> http.header(name.toString(), text(value)));
    credential(http);
    if (rule.get("idempotency_header") instanceof String header && key != null) {
      http.header(header, key);
    }
    String method = text(rule.get("method"));
    if (request.body() == null && rule.get("fixed") == null) {
      http.method(method, BodyPublishers.noBody());
    } else {
      Map<String, @Nullable Object> body = body(rule, request);
      boolean form = "form".equals(rule.get("encoding"));
      http.header("Content-Type", form ? "application/x-www-form-urlencoded" : "application/json");
      http.method(method, BodyPublishers.ofString(form ? form(body) : Json.writeString(body)));
    }
    Client.Reply reply = rig.client.send(http.build());
    last = reply;
    return new ForwardAnswer(reply.status(), reduced(reply, rule));
  }

  private void credential(HttpRequest.Builder http) throws IOException {
    Map<?, ?> credential = object(policy, "credential");
    if ("oauth2_client_credentials".equals(credential.get("kind"))) {
      http.header("Authorization", "Bearer " + token(text(credential.get("token_path"))));
    } else if ("basic".equals(credential.get("kind"))) {
      byte[] pair = ("user:" + key).getBytes(StandardCharsets.UTF_8);
      http.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
    } else if (credential.get("header") != null) {
      http.header(
          text(credential.get("header")),
          text(credential.get("format")).replace("{{secret}}", key));
    }
  }

  private String token(String path) throws IOException {
    if (token == null) {
      String pair = "client:" + key;
      byte[] bytes = pair.getBytes(StandardCharsets.UTF_8);
      Client.Reply reply =
          rig.client.send(
              HttpRequest.newBuilder(URI.create(rig.simulator.providerUrl() + path))
                  .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(BodyPublishers.ofString("grant_type=client_credentials"))
                  .build());
      token = reply.text("access_token");
    }
    return token;
  }

  private static String path(Map<?, ?> rule, ForwardRequest request) {
    StringBuilder path = new StringBuilder(filled(text(rule.get("path")), request));
    char next = '?';
    for (Map.Entry<?, ?> each : object(rule, "query").entrySet()) {
      path.append(next)
          .append(encoded(text(each.getKey())))
          .append('=')
          .append(encoded(filled(text(each.getValue()), request)));
      next = '&';
    }
    return path.toString();
  }

  private static String filled(String text, ForwardRequest request) {
    String filled = text;
    for (Map.Entry<String, String> variable : request.path().entrySet()) {
      filled = filled.replace("{" + variable.getKey() + "}", variable.getValue());
    }
    return filled;
  }

  private Map<String, @Nullable Object> body(Map<?, ?> rule, ForwardRequest request) {
    Map<String, Object> sent = request.body() == null ? Map.of() : request.body();
    Map<String, @Nullable Object> body = members(slots(Json.readObject(Json.write(sent))));
    object(rule, "fixed").forEach((pointer, value) -> put(body, pointer.toString(), value));
    object(rule, "slots").forEach((pointer, slot) -> asNumber(body, pointer.toString(), slot));
    List<Object> secrets = List.copyOf(object(object(policy, "credential"), "members").keySet());
    for (int i = secrets.size() - 1; i >= 0; i--) {
      // The key is the last of them; before it stands whose it is.
      put(body, text(secrets.get(i)), i == secrets.size() - 1 ? key : "user");
    }
    return rule.get("envelope") instanceof String envelope
        ? members(new LinkedHashMap<>(Map.of(envelope, body)))
        : body;
  }

  private @Nullable Object slots(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> filled = new LinkedHashMap<>();
        map.forEach(
            (name, each) -> {
              Object slot = slots(each);
              if (slot != null || each == null) {
                filled.put(name.toString(), slot);
              }
            });
        yield filled;
      }
      case List<?> list -> {
        List<@Nullable Object> filled = new ArrayList<>();
        list.forEach(each -> filled.add(slots(each)));
        yield filled;
      }
      case String text -> slot(text);
      case null, default -> value;
    };
  }

  private @Nullable Object slot(String text) {
    return switch (text) {
      case "{{card.number}}" -> number;
      case "{{card.exp_month}}" -> "12";
      case "{{card.exp_year}}" -> "2034";
      case "{{card.exp}}" -> "2034-12";
      case "{{card.cvc}}" -> cvc;
      default -> text.startsWith("{{literal}}") ? text.substring("{{literal}}".length()) : text;
    };
  }

  private static void put(Map<String, @Nullable Object> body, String pointer, Object value) {
    List<String> names = List.of(pointer.substring(1).split("/"));
    LinkedHashMap<String, @Nullable Object> here = (LinkedHashMap<String, @Nullable Object>) body;
    for (String name : names.subList(0, names.size() - 1)) {
      if (!here.containsKey(name)) {
        here.putFirst(name, new LinkedHashMap<String, Object>());
      }
      here = (LinkedHashMap<String, @Nullable Object>) members(here.get(name));
    }
    // As the vault writes it: what is not the gateway's comes first.
    here.putFirst(names.getLast(), value);
  }

  private static void asNumber(Map<String, @Nullable Object> body, String pointer, Object slot) {
    String[] names = pointer.substring(1).split("/");
    Map<?, ?> here = body;
    for (int i = 0; i < names.length - 1; i++) {
      here = object(here, names[i]);
    }
    if (slot.toString().endsWith(" as number")
        && here.get(names[names.length - 1]) instanceof String digits) {
      put(body, pointer, Long.valueOf(digits));
    }
  }

  private static String form(Map<String, @Nullable Object> body) {
    List<String> pairs = new ArrayList<>();
    body.forEach((name, value) -> pairs(pairs, encoded(name), value));
    return String.join("&", pairs);
  }

  private static void pairs(List<String> pairs, String name, @Nullable Object value) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach((each, inner) -> pairs(pairs, name + "[" + encoded(text(each)) + "]", inner));
      case List<?> list -> list.forEach(each -> pairs(pairs, name + "[]", each));
      case null -> pairs.add(name + "=");
      default -> pairs.add(name + "=" + encoded(text(value)));
    }
  }

  private static @Nullable Map<String, @Nullable Object> reduced(
      Client.Reply reply, Map<?, ?> rule) {
    Map<String, @Nullable Object> whole;
    try {
      whole = reply.body();
    } catch (MalformedJsonException e) {
      return null;
    }
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    if (rule.get("answer") instanceof List<?> pointers) {
      for (Object pointer : pointers) {
        copy(whole, out, List.of(text(pointer).substring(1).split("/", -1)));
      }
    }
    return out;
  }

  private static void copy(Map<?, ?> from, Map<String, @Nullable Object> to, List<String> names) {
    String name = names.getFirst();
    List<String> rest = names.subList(1, names.size());
    if (!from.containsKey(name)) {
      return;
    }
    Object value = from.get(name);
    if (rest.isEmpty()) {
      to.put(name, value);
    } else if (value instanceof Map<?, ?> inner) {
      copy(inner, members(to.computeIfAbsent(name, _ -> new LinkedHashMap<>())), rest);
    } else if (value instanceof List<?> list && rest.getFirst().equals("-")) {
      List<?> elements =
          (List<?>) Objects.requireNonNull(to.computeIfAbsent(name, _ -> empty(list)));
      for (int i = 0; i < list.size(); i++) {
        if (list.get(i) instanceof Map<?, ?> element) {
          copy(element, members(elements.get(i)), rest.subList(1, rest.size()));
        }
      }
    }
  }

  private static List<Object> empty(List<?> list) {
    List<Object> elements = new ArrayList<>();
    list.forEach(_ -> elements.add(new LinkedHashMap<>()));
    return elements;
  }

  private static Map<?, ?> object(Map<?, ?> of, String name) {
    return of.get(name) instanceof Map<?, ?> map ? map : Map.of();
  }

  @SuppressWarnings("unchecked") // made here
  private static Map<String, @Nullable Object> members(@Nullable Object value) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(value);
  }

  private static String text(@Nullable Object value) {
    return String.valueOf(value);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
