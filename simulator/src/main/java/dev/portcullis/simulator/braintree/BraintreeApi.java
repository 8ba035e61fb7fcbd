package dev.portcullis.simulator.braintree;

import dev.portcullis.kit.Secret;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.ProviderApi;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import dev.portcullis.simulator.Xml;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Braintree: GraphQL and, over the same books, the XML of its official clients. A request of the
 * same {@code apiRequestKey} gets the transaction as it stands by then.
 */
public final class BraintreeApi implements ProviderApi {
  private static final String BASIC = "Basic ";
  private static final String GRAPHQL = "/graphql";

  /** Made by the service loader. */
  public BraintreeApi() {}

  @Override
  public String name() {
    return "braintree";
  }

  @Override
  public void routes(Desk desk) {
    Transactions transactions = new Transactions(desk);
    Tokens tokens = new Tokens();
    GraphQlApi graphQl = new GraphQlApi(desk, transactions, tokens);
    desk.post(GRAPHQL, "graphql", graphQl::answer);
    new XmlApi(desk, transactions, tokens).routes();
  }

  /** A public key, which is free, and the private key. */
  @Override
  public void authenticate(Call call, Secret key) {
    String header = call.header("Authorization");
    if (header.startsWith(BASIC)) {
      String pair = decoded(header.substring(BASIC.length()));
      int colon = pair.indexOf(':');
      if (colon > 0 && key.equals(Secret.of(pair.substring(colon + 1)))) {
        return;
      }
    }
    boolean graphQl = call.path().equals(GRAPHQL);
    throw new Refused(
        401,
        graphQl ? "graphql_unauthorized" : "unauthorized",
        "The key is missing or wrong.",
        null);
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notBase64) {
      return "";
    }
  }

  @Override
  public Map<String, @Nullable Object> read(byte[] body) throws MalformedJsonException {
    if (body.length == 0) {
      return Map.of();
    }
    if (body[0] == '{') {
      return Json.readObject(body);
    }
    Xml root = Xml.read(body).orElseThrow(() -> new Refused(400, "malformed", "No XML.", null));
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put(root.name(), root.members(BraintreeApi::camelCase));
    return members;
  }

  private static String camelCase(String name) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      boolean dash = "-_".indexOf(name.charAt(i)) >= 0 && i + 1 < name.length();
      out.append(dash ? Character.toUpperCase(name.charAt(++i)) : name.charAt(i));
    }
    return out.toString();
  }

  @Override
  public @Nullable String idempotencyKey(Call call) {
    Tree body = members(call);
    return call.path().equals(GRAPHQL)
        ? body.at("variables", "input", "apiRequestKey").text()
        : body.at("transaction", "apiRequestKey").text();
  }

  private static Tree members(Call call) {
    try {
      return new Tree(call.body());
    } catch (Refused unreadable) {
      return new Tree(Map.of()); // whoever works on it says so
    }
  }

  /** What became of it by then is answered, and not what was answered first. */
  @Override
  public boolean isKept(Answer answer) {
    return false;
  }

  @Override
  public Answer refusal(Refused refused) {
    return refused.code().equals("graphql_unauthorized")
        ? GraphQlApi.unauthorized()
        : new Answer(refused.status(), Map.of(), null);
  }

  @Override
  public Message write(Call call, Answer answer) {
    Map<String, ? extends @Nullable Object> body = answer.body();
    if (call.path().equals(GRAPHQL) || body == null) {
      return ProviderApi.super.write(call, answer);
    }
    Map.Entry<String, ? extends @Nullable Object> root = body.entrySet().iterator().next();
    return new Message(
        Map.of("Content-Type", "application/xml; charset=utf-8"),
        XmlView.element(root.getKey(), root.getValue()).document());
  }

  @Override
  public List<Map<String, @Nullable Object>> notices(
      Desk desk, @Nullable Operation before, Operation after) {
    return Notices.of(desk, before, after);
  }

  @Override
  public Message message(Map<String, @Nullable Object> notice, byte[] secret, Instant now) {
    return Notices.signed(notice, secret);
  }
}
