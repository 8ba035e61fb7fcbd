package dev.portcullis.gateway.provider;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.http.HeldCall;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A vault's forward listener with a provider behind it, over real HTTP. It keeps books by
 * reference, honours them as idempotency keys, and misbehaves as told: per amount, so that tests do
 * not disturb each other.
 */
public final class FakeProvider {

  /** How it misbehaves with an operation, once. */
  public enum Fault {
    NONE,
    /** It does not do it, and says nothing of use. */
    LOST_BEFORE,
    /** It does it, and the answer is lost. */
    LOST_AFTER,
    /** The vault says that it certainly sent nothing. */
    NOT_SENT,
    /** The provider made the vault no token, since it does not know the client. */
    TOKEN_REFUSED,
    /** The vault has no forward policy for that provider account. */
    NOT_CONNECTED,
    /** That has a policy, which does not name the operation. */
    NOT_IN_POLICY,
    /** The vault refuses to send it. */
    REFUSED,
    /** The vault does not have the card any more. */
    CARD_GONE,
    /** The vault did not see that the call was let go. */
    GO_MISSED
  }

  /** The field that a notification is signed in. */
  public static final String SIGNATURE = "x-fake-signature";

  private static final String REFERENCE = "reference";

  private final HttpServer server;
  private final Map<String, Map<String, @Nullable Object>> books = new ConcurrentHashMap<>();
  private final Map<Long, Fault> faults = new ConcurrentHashMap<>();
  private final Map<Long, Runnable> meanwhile = new ConcurrentHashMap<>();
  private final Map<Long, Map<String, Object>> lies = new ConcurrentHashMap<>();
  private final Map<Long, String> verdicts = new ConcurrentHashMap<>();
  private final Map<String, String> verdictsOf = new ConcurrentHashMap<>();
  private final Map<String, Fault> faultsAt = new ConcurrentHashMap<>();
  private final Map<String, Function<Map<String, @Nullable Object>, @Nullable Map<String, ?>>>
      scripts = new ConcurrentHashMap<>();
  private final Map<String, Supplier<@Nullable Map<String, Object>>> instead =
      new ConcurrentHashMap<>();
  private final Map<String, BooleanSupplier> silent = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Object>> disputes = new ConcurrentHashMap<>();
  private final List<Map<String, Object>> listed = new CopyOnWriteArrayList<>();
  private final AtomicLong changes = new AtomicLong();
  private final AtomicReference<@Nullable Map<String, Object>> fields = new AtomicReference<>();
  private final InstantSource clock;
  private final AtomicReference<@Nullable List<String>> connected =
      new AtomicReference<>(List.of("sandbox"));
  private final AtomicReference<@Nullable Integer> verifyStatus = new AtomicReference<>();
  private final List<String> sent = new CopyOnWriteArrayList<>();
  private final List<String> held = new CopyOnWriteArrayList<>();
  private final List<String> takenBack = new CopyOnWriteArrayList<>();

  /**
   * @param clock what disputes are dated by
   */
  public FakeProvider(InstantSource clock) {
    this.clock = clock;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/internal/v1/forward", this::forward);
    server.createContext("/internal/v1/notifications/verify", this::verify);
    server.createContext("/internal/v1/providers/notifications", this::registered);
    server.createContext("/internal/v1/card_fields", this::describeFields);
    server.createContext("/internal/v1/providers", this::connections);
    server.start();
  }

  /** The vault has forward policies for these provider accounts; or does not say, if null. */
  public void connect(@Nullable List<String> names) {
    connected.set(names);
  }

  private void connections(HttpExchange exchange) throws IOException {
    try (exchange) {
      List<String> names = connected.get();
      byte[] answer =
          Json.write(
              names == null
                  ? Map.of()
                  : Map.of("data", names.stream().map(name -> Map.of("name", name)).toList()));
      exchange.sendResponseHeaders(names == null ? 503 : 200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  /** The vault says that its frames are this; until then it does not say. */
  public void serveFields(Map<String, Object> description) {
    fields.set(description);
  }

  private void describeFields(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, Object> described = fields.get();
      byte[] answer = Json.write(described == null ? Map.of() : described);
      exchange.sendResponseHeaders(described == null ? 503 : 200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  /** A link to it. */
  public VaultLink link() {
    try {
      return new VaultLink(
          new EgressClient(SSLContext.getDefault(), EgressOptions.to(AddressPolicy.LOOPBACK)),
          URI.create("http://localhost:" + server.getAddress().getPort()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its books say something else of operations of that amount than what was asked. */
  public void misreport(long amount, String member, Object value) {
    lies.put(amount, Map.of(member, value));
  }

  /** The network says that of refused operations of that amount. */
  public void advise(long amount, String adviceCode, String declineCode) {
    lies.put(
        amount, Map.of("network_advice_code", adviceCode, "network_decline_code", declineCode));
  }

  /** While the next operation of that amount is being asked for, this happens. */
  public void during(long amount, Runnable what) {
    meanwhile.put(amount, what);
  }

  /** Its list of operations, of the first account, has this too. */
  public void list(String kind, String reference, String id, String status, long amount) {
    list(Instant.ofEpochSecond(1_700_000_000L), kind, reference, id, status, amount);
  }

  /** The same, taken by the provider at that time. */
  public void list(
      Instant at, String kind, String reference, String id, String status, long amount) {
    listed.add(
        Map.of(
            "kind",
            kind,
            REFERENCE,
            reference,
            "id",
            id,
            "status",
            status,
            "amount",
            amount,
            "currency",
            "usd",
            "created",
            at.getEpochSecond()));
  }

  /** The next operation of that amount goes wrong like this. */
  public void fail(long amount, Fault fault) {
    faults.put(amount, fault);
  }

  /**
   * Operations of that amount end like this: approved, pending, requires_action or a decline code.
   */
  public void decide(long amount, String verdict) {
    verdicts.put(amount, verdict);
  }

  /** Only operations of that kind and amount end like this; null for as the others do. */
  public void decide(String operation, long amount, @Nullable String verdict) {
    if (verdict == null) {
      verdictsOf.remove(operation + amount);
    } else {
      verdictsOf.put(operation + amount, verdict);
    }
  }

  /** From now on all operations of that provider account go wrong like this. */
  public void failAt(String provider, Fault fault) {
    faultsAt.put(provider, fault);
  }

  /** Operations of that amount end like this at that provider account. */
  public void decideAt(String provider, long amount, String verdict) {
    verdictsOf.put(provider + amount, verdict);
  }

  /** Operations of that name are answered so, by what was asked; null for not at all. */
  public void script(
      String operation, Function<Map<String, @Nullable Object>, @Nullable Map<String, ?>> answer) {
    scripts.put(operation, answer);
  }

  /** While that gives something, it is the vault's whole answer to operations of that name. */
  public void instead(String operation, Supplier<@Nullable Map<String, Object>> answer) {
    instead.put(operation, answer);
  }

  /** As long as that holds, operations of that name are not answered. */
  public void unless(String operation, BooleanSupplier away) {
    silent.put(operation, away);
  }

  /** What the books say of a reference, changed: a challenge passed, a pending refund done. */
  public void settle(String reference, String status, @Nullable String declineCode) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>(entry(reference));
    entry.put("status", status);
    entry.put("decline_code", declineCode);
    if (status.equals("requires_action")) {
      entry.put("redirect_url", "http://127.0.0.1:1/challenge/" + reference);
    }
    books.put(reference, entry);
  }

  /** The entry of that reference. */
  public Map<String, @Nullable Object> entry(String reference) {
    return Objects.requireNonNull(books.get(reference), reference);
  }

  /** Entries of that kind and amount. */
  public List<Map<String, @Nullable Object>> entries(String operation, long amount) {
    List<Map<String, @Nullable Object>> found = new ArrayList<>();
    for (Map<String, @Nullable Object> entry : books.values()) {
      if (operation.equals(entry.get("operation"))
          && Long.valueOf(amount).equals(entry.get("amount"))) {
        found.add(entry);
      }
    }
    return found;
  }

  /**
   * A bank disputes the charge that the operation of that amount made.
   *
   * @return the provider's name for the dispute
   */
  public String dispute(long amount, String stage) {
    Map<String, @Nullable Object> charge = entries("sandbox.authorize", amount).getFirst();
    return dispute(String.valueOf(charge.get(REFERENCE)), amount, stage);
  }

  /** The same for an operation that the books may not hold. */
  public String dispute(String operation, long amount, String stage) {
    long opened = clock.instant().getEpochSecond();
    return dispute(operation, amount, stage, opened, opened + 86_400);
  }

  /** The same with the time until which the bank takes evidence. */
  public String dispute(String operation, long amount, String stage, long opened, long dueBy) {
    String id = "dsp_" + amount;
    Map<String, Object> dispute = new ConcurrentHashMap<>();
    dispute.put("id", id);
    dispute.put("operation", operation);
    dispute.put("amount", amount);
    dispute.put("currency", "usd");
    dispute.put("reason", "fraudulent");
    dispute.put("network_reason_code", "10.4");
    dispute.put("opened", opened);
    dispute.put("due_by", dueBy);
    disputes.put(id, dispute);
    move(id, stage);
    return id;
  }

  /** The bank goes on. */
  public void move(String dispute, String stage) {
    Map<String, Object> changed = Objects.requireNonNull(disputes.get(dispute));
    synchronized (changes) {
      changed.put("stage", stage);
      changed.put("sequence", changes.incrementAndGet());
    }
  }

  /** The bank says something else of it, and goes on. */
  public void amend(String dispute, String member, Object value, String stage) {
    Objects.requireNonNull(disputes.get(dispute)).put(member, value);
    move(dispute, stage);
  }

  /** The place of a dispute's last change among all changes. */
  public long sequenceOf(String dispute) {
    return sequence(Objects.requireNonNull(disputes.get(dispute)));
  }

  private Map<String, Object> disputesAfter(long cursor) {
    synchronized (changes) {
      List<Map<String, Object>> page =
          disputes.values().stream()
              .filter(dispute -> sequence(dispute) > cursor)
              .sorted(java.util.Comparator.comparingLong(FakeProvider::sequence))
              .limit(2)
              .toList();
      long last = page.isEmpty() ? cursor : sequence(page.getLast());
      boolean more = disputes.values().stream().anyMatch(dispute -> sequence(dispute) > last);
      return Map.of("disputes", page, "cursor", Long.toString(last), "more", more);
    }
  }

  private static long sequence(Map<String, Object> dispute) {
    return dispute.get("sequence") instanceof Long sequence ? sequence : 0;
  }

  /** Every request for that operation, as the bytes came. */
  public List<String> requests(String operationId) {
    return sent.stream()
        .filter(r -> r.contains("\"operation_id\":\"" + operationId + "\""))
        .toList();
  }

  /** How many calls with that in them have come, but for their last byte. */
  public long held(String text) {
    return held.stream().filter(each -> each.contains(text)).count();
  }

  /** How many of them were taken back. */
  public long takenBack(String text) {
    return takenBack.stream().filter(each -> each.contains(text)).count();
  }

  /** How many calls with that in them were let go. */
  public long letGo(String text) {
    return sent.stream().filter(each -> each.contains(text)).count();
  }

  /** What signs a notification to that provider account, in {@link #SIGNATURE}. */
  public static String signature(String account, boolean livemode, String provider) {
    return account + " " + livemode + " " + provider;
  }

  /** What the vault says of where a provider account's notifications go, by its name. */
  public final Map<String, String> registrations = new ConcurrentHashMap<>();

  /** Where it was asked whether they go, by the provider account's name. */
  public final Map<String, String> askedFor = new ConcurrentHashMap<>();

  private void registered(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, @Nullable Object> call =
          Json.readObject(exchange.getRequestBody().readAllBytes());
      String name = String.valueOf(call.get("provider_account"));
      askedFor.put(name, call.get("account") + " " + call.get("url"));
      String outcome = registrations.get(name);
      byte[] answer =
          outcome == null
              ? Json.write(Map.of("error", Map.of("code", "unknown_operation")))
              : Json.write(Map.of("outcome", outcome));
      exchange.sendResponseHeaders(outcome == null ? 404 : 200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  /** Nothing can be verified, and the answer is of that status; null as before. */
  public void failToVerify(@Nullable Integer status) {
    verifyStatus.set(status);
  }

  private void verify(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, @Nullable Object> call =
          Json.readObject(exchange.getRequestBody().readAllBytes());
      Map<?, ?> headers = (Map<?, ?>) Objects.requireNonNull(call.get("headers"));
      String body = String.valueOf(call.get("body"));
      Integer status = verifyStatus.get();
      boolean fits = body.length() <= 1 << 20 && !headers.containsKey("authorization");
      String right =
          signature(
              String.valueOf(call.get("account")),
              Boolean.TRUE.equals(call.get("livemode")),
              String.valueOf(call.get("provider_account")));
      boolean verified = right.equals(headers.get(SIGNATURE));
      byte[] answer =
          Json.write(
              status == null && fits
                  ? Map.of("verified", verified)
                  : Map.of("error", Map.of("code", "no", "message", "no")));
      exchange.sendResponseHeaders(status == null ? (fits ? 200 : 400) : status, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private void forward(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean mayBeHeld = exchange.getRequestHeaders().containsKey(HeldCall.HEADER);
      int length = Integer.parseInt(exchange.getRequestHeaders().getFirst("Content-Length"));
      byte[] sentAtOnce = exchange.getRequestBody().readNBytes(mayBeHeld ? length - 1 : length);
      String text = new String(sentAtOnce, java.nio.charset.StandardCharsets.UTF_8);
      if (mayBeHeld) {
        held.add(text);
        int last = exchange.getRequestBody().read();
        if (last != HeldCall.GO) {
          if (last == HeldCall.TAKEN_BACK) {
            takenBack.add(text);
          }
          exchange.sendResponseHeaders(409, -1);
          return;
        }
      }
      Map<String, @Nullable Object> command = Json.readObject(text);
      if (!"sandbox.disputes".equals(command.get("operation"))) {
        sent.add(text);
      }
      Map<String, Object> answer = answer(command);
      if (answer.isEmpty()) {
        return; // closes the connection without an answer
      }
      byte[] body = Json.write(answer);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.containsKey("error") ? 403 : 200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Map<String, Object> answer(Map<String, @Nullable Object> command) {
    String operation = (String) Objects.requireNonNull(command.get("operation"));
    Map<String, Object> other = instead.getOrDefault(operation, () -> null).get();
    if (other != null) {
      return other;
    }
    if (silent.getOrDefault(operation, () -> false).getAsBoolean()) {
      return Map.of();
    }
    if (scripts.containsKey(operation)) {
      Map<String, ?> body = Objects.requireNonNull(scripts.get(operation)).apply(command);
      return body == null ? Map.of() : answered(statusOf(operation), body);
    }
    if (operation.equals("sandbox.lookup")) {
      String reference =
          String.valueOf(((Map<?, ?>) Objects.requireNonNull(command.get("path"))).get(REFERENCE));
      Map<String, @Nullable Object> known = books.get(reference);
      return known == null
          ? answered(404, Map.of("error", Map.of("code", "not_found")))
          : answered(200, known);
    }
    Map<?, ?> path = (Map<?, ?>) Objects.requireNonNull(command.get("path"));
    if (operation.equals("sandbox.operations")) {
      return Boolean.TRUE.equals(command.get("livemode"))
          ? Map.of("error", Map.of("code", "mode_mismatch", "message", "no"))
          : "acct_first".equals(command.get("account"))
              ? answered(200, Map.of("operations", listed, "cursor", "1", "more", false))
              : Map.of("error", Map.of("code", "account_mismatch", "message", "no"));
    }
    if (operation.equals("sandbox.disputes")) {
      if (!List.of("acct_first", "acct_third").contains(String.valueOf(command.get("account")))) {
        return Map.of("error", Map.of("code", "account_mismatch", "message", "no"));
      }
      return answered(200, disputesAfter(Long.parseLong(String.valueOf(path.get("cursor")))));
    }
    Map<?, ?> body = (Map<?, ?>) Objects.requireNonNull(command.get("body"));
    Map<String, Object> dispute = disputes.get(String.valueOf(path.get("id")));
    Object about = dispute == null ? body.get("amount") : dispute.get("amount");
    long amount = about instanceof Long number ? number : -1;
    Objects.requireNonNullElse(meanwhile.remove(amount), () -> {}).run();
    Fault always = faultsAt.get(String.valueOf(command.get("provider_account")));
    Fault fault = always == null ? faults.remove(amount) : always;
    return switch (Objects.requireNonNullElse(fault, Fault.NONE)) {
      case NONE -> answered(200, perform(command, body, amount));
      case LOST_BEFORE -> Map.of();
      case LOST_AFTER -> {
        perform(command, body, amount);
        yield Map.of();
      }
      case NOT_SENT -> Map.of("outcome", "not_sent", "reason", "connect");
      case TOKEN_REFUSED ->
          Map.of("outcome", "not_sent", "reason", "token_refused: invalid_client");
      case NOT_CONNECTED -> Map.of("error", Map.of("code", "unknown_provider", "message", "no"));
      case NOT_IN_POLICY -> Map.of("error", Map.of("code", "unknown_operation", "message", "no"));
      case REFUSED -> Map.of("error", Map.of("code", "policy_violation", "message", "no"));
      case CARD_GONE -> Map.of("error", Map.of("code", "no_such_token", "message", "no"));
      case GO_MISSED -> Map.of("error", Map.of("code", HeldCall.WAS_TAKEN_BACK, "message", "no"));
    };
  }

  private Map<String, @Nullable Object> perform(
      Map<String, @Nullable Object> command, Map<?, ?> body, long amount) {
    String operation = String.valueOf(command.get("operation"));
    String reference = String.valueOf(body.get(REFERENCE));
    return books.computeIfAbsent(
        reference,
        r -> {
          String provider = String.valueOf(command.get("provider_account"));
          String verdict = verdictsOf.get(provider + amount);
          Map<String, @Nullable Object> entry = entry(operation, r, body, amount, verdict);
          entry.put("provider_account", command.get("provider_account"));
          return entry;
        });
  }

  private Map<String, @Nullable Object> entry(
      String operation, String reference, Map<?, ?> body, long amount, @Nullable String decided) {
    boolean demanded = Boolean.TRUE.equals(body.get("challenge"));
    String verdict =
        decided == null
            ? demanded
                ? "requires_action"
                : verdictsOf.getOrDefault(
                    operation + amount, verdicts.getOrDefault(amount, "approved"))
            : decided;
    boolean status = List.of("approved", "pending", "requires_action").contains(verdict);
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("id", operation.substring(8, 11) + "_" + reference.substring(3));
    entry.put(REFERENCE, reference);
    entry.put("operation", operation);
    entry.put("status", status ? verdict : "declined");
    entry.put("decline_code", status ? null : verdict);
    entry.put("amount", amount);
    entry.put("currency", body.get("currency"));
    if (verdict.equals("requires_action")) {
      entry.put("redirect_url", "http://127.0.0.1:1/challenge/" + reference);
    }
    entry.putAll(lies.getOrDefault(amount, Map.of()));
    return entry;
  }

  /** Adyen takes note of what changes a payment with another status. */
  private static long statusOf(String operation) {
    return operation.matches("adyen\\.(capture|cancel|refund|reverse)") ? 201 : 200;
  }

  private static Map<String, Object> answered(long status, Map<String, ?> body) {
    return Map.of("outcome", "answered", "status", status, "body", body);
  }
}
