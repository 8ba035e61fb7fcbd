package dev.portcullis.gateway.provider;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
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
    /** The vault refuses to send it. */
    REFUSED
  }

  private static final String REFERENCE = "reference";

  private final HttpServer server;
  private final Map<String, Map<String, @Nullable Object>> books = new ConcurrentHashMap<>();
  private final Map<Long, Fault> faults = new ConcurrentHashMap<>();
  private final Map<Long, Runnable> meanwhile = new ConcurrentHashMap<>();
  private final Map<Long, Map<String, Object>> lies = new ConcurrentHashMap<>();
  private final Map<Long, String> verdicts = new ConcurrentHashMap<>();
  private final List<String> sent = new CopyOnWriteArrayList<>();

  public FakeProvider() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/internal/v1/forward", this::forward);
    server.start();
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

  /** While the next operation of that amount is being asked for, this happens. */
  public void during(long amount, Runnable what) {
    meanwhile.put(amount, what);
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

  /** What the books say of a reference, changed: a challenge passed, a pending refund done. */
  public void settle(String reference, String status, @Nullable String declineCode) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>(entry(reference));
    entry.put("status", status);
    entry.put("decline_code", declineCode);
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

  /** Every request for that operation, as the bytes came. */
  public List<String> requests(String operationId) {
    return sent.stream()
        .filter(r -> r.contains("\"operation_id\":\"" + operationId + "\""))
        .toList();
  }

  private void forward(HttpExchange exchange) throws IOException {
    try (exchange) {
      String text =
          new String(
              exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      sent.add(text);
      Map<String, @Nullable Object> command = Json.readObject(text);
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
    if (operation.equals("sandbox.lookup")) {
      String reference =
          String.valueOf(((Map<?, ?>) Objects.requireNonNull(command.get("path"))).get(REFERENCE));
      Map<String, @Nullable Object> known = books.get(reference);
      return known == null
          ? answered(404, Map.of("error", Map.of("code", "not_found")))
          : answered(200, known);
    }
    Map<?, ?> body = (Map<?, ?>) Objects.requireNonNull(command.get("body"));
    long amount = body.get("amount") instanceof Long number ? number : -1;
    Objects.requireNonNullElse(meanwhile.remove(amount), () -> {}).run();
    return switch (Objects.requireNonNullElse(faults.remove(amount), Fault.NONE)) {
      case NONE -> answered(200, perform(operation, body, amount));
      case LOST_BEFORE -> Map.of();
      case LOST_AFTER -> {
        perform(operation, body, amount);
        yield Map.of();
      }
      case NOT_SENT -> Map.of("outcome", "not_sent", "reason", "connect");
      case REFUSED -> Map.of("error", Map.of("code", "policy_violation", "message", "no"));
    };
  }

  private Map<String, @Nullable Object> perform(String operation, Map<?, ?> body, long amount) {
    String reference = String.valueOf(body.get(REFERENCE));
    return books.computeIfAbsent(reference, r -> entry(operation, r, body, amount));
  }

  private Map<String, @Nullable Object> entry(
      String operation, String reference, Map<?, ?> body, long amount) {
    String verdict = verdicts.getOrDefault(amount, "approved");
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

  private static Map<String, Object> answered(long status, Map<String, ?> body) {
    return Map.of("outcome", "answered", "status", status, "body", body);
  }
}
