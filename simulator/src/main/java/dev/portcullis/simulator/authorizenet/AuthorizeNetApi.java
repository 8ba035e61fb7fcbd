package dev.portcullis.simulator.authorizenet;

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
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Authorize.Net: one address for everything, named by the one member of the request, in JSON or in
 * XML as the request is. It has no idempotency keys; what comes twice within a window it refuses.
 */
public final class AuthorizeNetApi implements ProviderApi {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final String REQUEST = "Request";

  /** Made by the service loader. */
  public AuthorizeNetApi() {}

  @Override
  public String name() {
    return "authorizenet";
  }

  @Override
  public void routes(Desk desk) {
    Transactions transactions = new Transactions(desk);
    Lists lists = new Lists(desk);
    desk.post("/xml/v1/request.api", "request", call -> answer(call, transactions, lists));
    new AuthorizeNetHooks(desk).routes();
  }

  /** The API login id is free, the transaction key is the key. */
  @Override
  public void authenticate(Call call, Secret key) {
    if (AuthorizeNetHooks.isOne(call)) {
      AuthorizeNetHooks.authenticate(call, key);
      return;
    }
    Tree who = request(call).at("merchantAuthentication");
    if (who.at("name").orEmpty().isEmpty()
        || !key.equals(Secret.of(who.at("transactionKey").orEmpty()))) {
      throw new Refused(
          200, "E00007", "User authentication failed due to invalid authentication values.", null);
    }
  }

  @Override
  public @Nullable String idempotencyKey(Call call) {
    return null;
  }

  private static String name(Call call) {
    Map<String, @Nullable Object> body = call.body();
    return body.size() == 1 ? body.keySet().iterator().next() : "";
  }

  private static Tree request(Call call) {
    return new Tree(call.body()).at(name(call));
  }

  private static Answer answer(Call call, Transactions transactions, Lists lists) {
    Tree request = request(call);
    Map<String, @Nullable Object> answer =
        switch (name(call)) {
          case "authenticateTestRequest" -> new LinkedHashMap<>();
          case "createTransactionRequest" ->
              transactions.create(
                  request.at("transactionRequest"),
                  new Transactions.Asked(request.at("refId").text(), call.reference()));
          case "getTransactionDetailsRequest" -> lists.details(request.at("transId").scalar());
          case "getUnsettledTransactionListRequest" -> lists.unsettled(request);
          default ->
              throw new Refused(
                  200, "E00004", "The name of the requested API method is invalid.", null);
        };
    if (request.at("refId").text() != null) {
      answer.put("refId", request.at("refId").text());
    }
    boolean failed = "3".equals(new Tree(answer).at("transactionResponse", "responseCode").text());
    answer.put(
        "messages",
        failed
            ? messages("Error", "E00027", "The transaction was unsuccessful.")
            : messages("Ok", "I00001", "Successful."));
    return new Answer(200, answer);
  }

  private static Map<String, @Nullable Object> messages(String result, String code, String text) {
    Map<String, @Nullable Object> messages = new LinkedHashMap<>();
    messages.put("resultCode", result);
    messages.put("message", List.of(Map.of("code", code, "text", text)));
    return messages;
  }

  @Override
  public Answer refusal(Refused refused) {
    boolean internal = refused.status() >= 500;
    int status =
        internal || refused.status() == 401 || refused.status() == 404 ? refused.status() : 200;
    String code = refused.code().startsWith("E0") ? refused.code() : "E00003";
    String text = String.valueOf(refused.getMessage());
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put(
        "messages",
        internal
            ? messages("Error", "E00001", "An error occurred during processing.")
            : messages("Error", code, text));
    return new Answer(status, body);
  }

  private static boolean isXml(byte[] body) {
    int start = startsWithMark(body) ? BYTE_ORDER_MARK.length : 0;
    return body.length > start && body[start] == '<';
  }

  private static boolean startsWithMark(byte[] body) {
    return body.length > 2
        && body[0] == BYTE_ORDER_MARK[0]
        && body[1] == BYTE_ORDER_MARK[1]
        && body[2] == BYTE_ORDER_MARK[2];
  }

  @Override
  public Map<String, @Nullable Object> read(byte[] body) throws MalformedJsonException {
    if (!isXml(body)) {
      return Json.readObject(body);
    }
    Xml root = Xml.read(body).orElseThrow(() -> new Refused(200, "E00003", "No XML.", null));
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put(root.name(), root.members(UnaryOperator.identity()));
    return members;
  }

  /** JSON begins with a byte order mark there. */
  @Override
  public Message write(Call call, Answer answer) {
    Map<String, ? extends @Nullable Object> body = answer.body();
    if (body == null) {
      return ProviderApi.super.write(call, answer);
    }
    if (AuthorizeNetHooks.isOne(call)) {
      return AuthorizeNetHooks.write(answer, body);
    }
    if (isXml(call.bytes())) {
      return new Message(
          Map.of("Content-Type", "application/xml; charset=utf-8"),
          XmlForm.of(root(call, body), body).document());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(BYTE_ORDER_MARK);
    out.writeBytes(Json.write(body));
    return new Message(
        Map.of("Content-Type", "application/json; charset=utf-8"), out.toByteArray());
  }

  /** What became nothing that the request was for, has a root of its own. */
  private static String root(Call call, Map<String, ? extends @Nullable Object> body) {
    boolean failed = "Error".equals(new Tree(body).at("messages", "resultCode").text());
    if (failed && body.size() == 1) {
      return "ErrorResponse";
    }
    String name = name(call);
    return name.substring(0, name.length() - REQUEST.length()) + "Response";
  }

  @Override
  public List<Map<String, @Nullable Object>> notices(
      Desk desk, @Nullable Operation before, Operation after) {
    return new Notices(new View(desk), desk.clock().instant()).of(before, after);
  }

  @Override
  public Message message(Map<String, @Nullable Object> notice, byte[] secret, Instant now) {
    return Notices.signed(notice, secret);
  }
}
