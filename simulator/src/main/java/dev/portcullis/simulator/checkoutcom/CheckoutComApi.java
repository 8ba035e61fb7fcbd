package dev.portcullis.simulator.checkoutcom;

import dev.portcullis.kit.Secret;
import dev.portcullis.simulator.Acquirer.MovementRequest;
import dev.portcullis.simulator.Acquirer.MovementWay;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Authorization;
import dev.portcullis.simulator.Operation.Kind;
import dev.portcullis.simulator.Operation.Movement;
import dev.portcullis.simulator.ProviderApi;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import dev.portcullis.wire.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checkout.com's payments API (checkout.com/docs, "Payments"). What follows a payment is accepted
 * at once with 202 and comes true a little later.
 */
public final class CheckoutComApi implements ProviderApi {
  private static final String BEARER = "Bearer ";
  private static final long MOST_LISTED = 100;
  private static final int MOST_DISPUTES = 250;

  /** How long a shopper's session can be asked for. */
  private static final Duration SESSION = Duration.ofMinutes(15);

  /** The one member of an answer that is sent as a list. */
  private static final String LIST = "[]";

  /** Made by the service loader. */
  public CheckoutComApi() {}

  @Override
  public String name() {
    return "checkoutcom";
  }

  @Override
  public void routes(Desk desk) {
    desk.post("/payments", "authorize", call -> request(desk, call))
        .get("/payments", "list", call -> list(desk, call))
        .get("/payments/{id}/actions", "actions", call -> actions(desk, call))
        .get("/payments/{id}", "lookup", call -> current(desk, call))
        .post("/payments/{id}/captures", "capture", call -> capture(desk, call))
        .post("/payments/{id}/voids", "void", call -> cancel(desk, call))
        .post("/payments/{id}/refunds", "refund", call -> refund(desk, call))
        .post("/payments/{id}/reversals", "reverse", call -> reverse(desk, call));
    desk.get("/disputes", "disputes", call -> disputes(desk, call));
    new CheckoutComHooks(desk).routes();
  }

  @Override
  public void authenticate(Call call, Secret key) {
    String header = call.header("Authorization");
    if (!header.startsWith(BEARER) || !key.equals(Secret.of(header.substring(BEARER.length())))) {
      throw new Refused(401, "unauthorized", "The key is missing or wrong.", null);
    }
  }

  @Override
  public @Nullable String idempotencyKey(Call call) {
    String key = call.header("Cko-Idempotency-Key");
    return key.isEmpty() ? null : key;
  }

  private static Answer request(Desk desk, Call call) {
    Authorization made =
        desk.books().authorize(PaymentRequests.read(desk, new Tree(call.body()), call.reference()));
    String challenge = desk.challengeUrl(made);
    return new Answer(
        challenge == null ? 201 : 202, view(desk, made).requested(desk.providerUrl(), challenge));
  }

  private static PaymentView view(Desk desk, Authorization authorization) {
    return new PaymentView(authorization, desk.books().movements(authorization));
  }

  private static Authorization found(Desk desk, Call call) {
    return desk.books().find(PaymentView.inBooks(call.variable("id"))).stream()
        .filter(Authorization.class::isInstance)
        .map(Authorization.class::cast)
        .findFirst()
        .orElseThrow(() -> new Refused(404, "not_found", "There is no such payment.", null));
  }

  private static Answer current(Desk desk, Call call) {
    Authorization payment = found(desk, call);
    boolean inSession = PaymentView.isSession(call.variable("id"));
    Instant asked = Instant.ofEpochSecond(payment.identity().created());
    if (inSession && asked.plus(SESSION).isBefore(desk.clock().instant())) {
      throw new Refused(404, "not_found", "The session is over.", null);
    }
    return new Answer(200, shown(desk, payment, inSession));
  }

  private static Map<String, @Nullable Object> shown(
      Desk desk, Authorization payment, boolean inSession) {
    return view(desk, payment).current(desk.providerUrl(), desk.challengeUrl(payment), inSession);
  }

  private static Answer actions(Desk desk, Call call) {
    return new Answer(200, Map.of(LIST, view(desk, found(desk, call)).actions(false)));
  }

  /** The newest first. */
  private static Answer disputes(Desk desk, Call call) {
    int limit = (int) Math.min(number(call, "limit", 50), MOST_DISPUTES);
    long skip = number(call, "skip", 0);
    List<Operation.Dispute> all = desk.books().disputes(MOST_DISPUTES);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("limit", limit);
    body.put("skip", skip);
    body.put("total_count", all.size());
    body.put(
        "data",
        all.stream()
            .skip(skip)
            .limit(limit)
            .map(
                dispute ->
                    DisputeEvents.listed(view(desk, desk.books().disputed(dispute)), dispute))
            .toList());
    return new Answer(200, body);
  }

  private static Answer list(Desk desk, Call call) {
    String reference = call.query("reference");
    if (reference.isEmpty()) {
      throw new Refused(422, "reference_required", "The list is by reference.", "reference");
    }
    long limit = Math.min(number(call, "limit", 10), MOST_LISTED);
    long skip = number(call, "skip", 0);
    List<Authorization> all = new ArrayList<>();
    for (Operation operation : desk.books().allNamed(reference)) {
      if (operation instanceof Authorization authorization) {
        all.addFirst(authorization);
      }
    }
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("limit", limit);
    body.put("skip", skip);
    body.put("total_count", (long) all.size());
    body.put(
        "data", all.stream().skip(skip).limit(limit).map(one -> shown(desk, one, false)).toList());
    return new Answer(200, body);
  }

  private static long number(Call call, String name, long usual) {
    String text = call.query(name);
    if (text.isEmpty()) {
      return usual;
    }
    if (!text.matches("[0-9]{1,9}")) {
      throw Refused.invalid(name, "A whole number is needed.");
    }
    return Long.parseLong(text);
  }

  private static Answer capture(Desk desk, Call call) {
    Authorization payment = found(desk, call);
    Tree body = new Tree(call.body());
    long rest = payment.terms().amount() - payment.funds().captured();
    boolean last = !"NonFinal".equals(body.at("capture_type").text());
    return moved(desk, call, payment, Kind.CAPTURE, amount(body, rest), last);
  }

  private static Answer refund(Desk desk, Call call) {
    Authorization payment = found(desk, call);
    long rest = payment.funds().captured() - payment.funds().refunded();
    long amount = amount(new Tree(call.body()), rest);
    if (amount > rest) {
      throw new Refused(
          422, "refund_amount_exceeds_balance", "More than there is to give back.", "amount");
    }
    return moved(desk, call, payment, Kind.REFUND, amount, true);
  }

  private static long amount(Tree body, long otherwise) {
    if (body.at("amount").isAbsent()) {
      return otherwise;
    }
    Long amount = body.at("amount").number();
    if (amount == null || amount <= 0) {
      throw Refused.invalid("amount", "A whole number of minor units is needed.");
    }
    return amount;
  }

  /** Only what is not taken is voided: for what is, there are refunds. */
  private static Answer cancel(Desk desk, Call call) {
    Authorization payment = found(desk, call);
    if (payment.funds().captured() > 0) {
      throw Refused.state("already_captured", "The payment was captured.");
    }
    return moved(desk, call, payment, Kind.VOID, 0, true);
  }

  /** Voids or refunds, whichever the payment is in the state for. */
  private static Answer reverse(Desk desk, Call call) {
    Authorization payment = found(desk, call);
    long taken = payment.funds().captured() - payment.funds().refunded();
    List<Movement> before = desk.books().movements(payment);
    boolean done = payment.funds().voided() || (payment.funds().captured() > 0 && taken == 0);
    if (done && !before.isEmpty()) {
      return receipt(desk, 200, payment, before.getLast());
    }
    return moved(desk, call, payment, taken > 0 ? Kind.REFUND : Kind.VOID, taken, true);
  }

  private static Answer moved(
      Desk desk, Call call, Authorization payment, Kind kind, long amount, boolean last) {
    String reference = new Tree(call.body()).at("reference").scalar();
    Operation.Notes notes = new Operation.Notes(null, Map.of("reference", reference));
    Movement movement =
        desk.books()
            .move(
                new MovementRequest(
                    kind,
                    call.reference(),
                    payment.identity().id(),
                    amount,
                    null,
                    new MovementWay(last, true, notes)));
    return receipt(desk, 202, payment, movement);
  }

  private static Answer receipt(Desk desk, int status, Authorization payment, Movement movement) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("action_id", PaymentView.action(movement));
    String reference = movement.notes().get("reference");
    body.put("reference", reference.isEmpty() ? null : reference);
    String self = desk.providerUrl() + "/payments/" + PaymentView.id(payment);
    body.put("_links", Map.of("payment", Map.of("href", self)));
    return new Answer(status, body);
  }

  /** Unauthorized and not found have no body there. */
  @Override
  public Answer refusal(Refused refused) {
    return switch (refused.code()) {
      case "unauthorized" -> new Answer(401, Map.of(), null);
      case "not_found", "no_such_authorization" -> new Answer(404, Map.of(), null);
      case "internal" -> new Answer(500, Map.of(), null);
      case "already_captured", "already_voided", "already_refunded", "not_approved" ->
          invalid(403, "action_not_allowed");
      case "amount_too_large" -> invalid(422, "capture_value_greater_than_authorized");
      case "invalid_parameter" -> invalid(422, refused.param() + "_invalid");
      default -> invalid(422, refused.code());
    };
  }

  @Override
  public Message write(Call call, Answer answer) {
    Map<String, ? extends @Nullable Object> body = answer.body();
    return body != null && body.containsKey(LIST)
        ? new Message(Map.of("Content-Type", "application/json"), Json.write(body.get(LIST)))
        : ProviderApi.super.write(call, answer);
  }

  private static Answer invalid(int status, String code) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("request_id", "0HL80RJLS76I7");
    body.put("error_type", "request_invalid");
    body.put("error_codes", List.of(code));
    return new Answer(status, body);
  }

  @Override
  public String returnUrl(Desk desk, Authorization authorization) {
    boolean failed =
        authorization.challenge() != null
            && Boolean.FALSE.equals(authorization.challenge().passed());
    String url = authorization.notes().get(failed ? "failure_url" : "success_url");
    return url
        + (url.contains("?") ? "&" : "?")
        + "cko-session-id="
        + PaymentView.session(authorization);
  }

  @Override
  public List<Map<String, @Nullable Object>> notices(
      Desk desk, @Nullable Operation before, Operation after) {
    Optional<Authorization> payment = PaymentEvents.payment(desk, after);
    return payment.isEmpty()
        ? List.of()
        : PaymentEvents.of(view(desk, payment.get()), before, after, desk.clock().instant());
  }

  @Override
  public Message message(Map<String, @Nullable Object> notice, byte[] secret, Instant now) {
    return PaymentEvents.signed(notice, secret);
  }
}
