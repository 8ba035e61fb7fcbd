package dev.portcullis.vault.forward;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The token of one provider account (RFC 6749, 4.4): asked for when it is needed, by one request
 * however many wait for it, kept in memory until shortly before it ends, and never let out.
 */
final class TokenMint {

  private static final Logger LOG = Logger.getLogger(TokenMint.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofHours(12);
  private static final Duration MARGIN = Duration.ofMinutes(1);

  /** RFC 6749, 5.1: a provider that does not say how long it lasts should; it lasts so long. */
  private static final long UNSAID_SECONDS = 300;

  /** RFC 6750, 2.1. */
  private static final Pattern BEARER = Pattern.compile("[0-9A-Za-z._~+/-]{1,8192}={0,8}");

  /** What says that the client is not known, or may not; all else may pass. */
  private static final Set<Integer> REFUSALS = Set.of(400, 401, 403);

  private static final Pattern ERROR = Pattern.compile("[a-z_]{1,40}");

  private final String name;
  private final EgressClient client;
  private final Supplier<EgressRequest> request;
  private final InstantSource clock;
  private final SecretAccess access;
  private @Nullable CompletableFuture<Result> current;

  /** What came of asking. */
  private sealed interface Result {
    record Token(Secret secret, Instant until) implements Result {}

    record None(String reason) implements Result {}
  }

  /**
   * @param name which provider account's, for the log
   * @param request makes the request for a token; its body is cleared when it was sent
   */
  TokenMint(
      String name,
      EgressClient client,
      Supplier<EgressRequest> request,
      InstantSource clock,
      SecretAccess access) {
    this.name = name;
    this.client = client;
    this.request = request;
    this.clock = clock;
    this.access = access;
  }

  /** The outcome for one request: a token, or why there is none. */
  record Minted(@Nullable String insecureToken, String reason) {
    @Override
    public String toString() {
      return "Minted[" + reason + "]";
    }
  }

  /**
   * A token that is good now.
   *
   * @param rest how long to wait for it at most
   */
  Minted token(Duration rest) {
    CompletableFuture<Result> wanted = currentOrNew();
    try {
      return switch (wanted.get(Math.max(0, rest.toMillis()), TimeUnit.MILLISECONDS)) {
        case Result.Token token -> new Minted(token.secret().reveal(access), "");
        case Result.None none -> new Minted(null, none.reason());
      };
    } catch (TimeoutException e) {
      return new Minted(null, "deadline");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Minted(null, "interrupted");
    } catch (ExecutionException e) {
      LOG.log(Level.SEVERE, "no token for " + name, e.getCause());
      return new Minted(null, "token_failed");
    }
  }

  private synchronized CompletableFuture<Result> currentOrNew() {
    CompletableFuture<Result> now = current;
    if (now != null && (!now.isDone() || isGood(now))) {
      return now;
    }
    CompletableFuture<Result> next = new CompletableFuture<>();
    current = next;
    // On a thread of its own: whoever waits with the shortest deadline must not end it for others.
    Thread.ofVirtual()
        .name("token")
        .start(
            () -> {
              try {
                next.complete(ask());
              } catch (RuntimeException | Error e) {
                next.completeExceptionally(e);
              }
            });
    return next;
  }

  private boolean isGood(CompletableFuture<Result> done) {
    return !done.isCompletedExceptionally()
        && done.join() instanceof Result.Token token
        && clock.instant().isBefore(token.until());
  }

  /** The provider does not take that token any more; a newer one stays. */
  synchronized void refused(String insecureToken) {
    CompletableFuture<Result> now = current;
    if (now != null
        && now.isDone()
        && isGood(now)
        && now.join() instanceof Result.Token token
        && token.secret().equals(Secret.of(insecureToken))) {
      current = null;
    }
  }

  private Result ask() {
    EgressRequest asking = request.get();
    EgressResult result;
    try {
      result = client.send(asking, PATIENCE);
    } finally {
      Arrays.fill(asking.body(), (byte) 0);
    }
    Result read =
        switch (result) {
          case EgressResult.Answered answered when answered.status() == 200 ->
              read(answered.body());
          case EgressResult.Answered answered ->
              new Result.None(
                  REFUSALS.contains(answered.status())
                      ? "token_refused" + code(answered.body())
                      : "token_unavailable");
          case EgressResult.NotSent _, EgressResult.NoAnswer _ ->
              new Result.None("token_unavailable");
        };
    if (read instanceof Result.None(String reason)) {
      LOG.log(Level.WARNING, "no token for {0}: {1}, {2}", new Object[] {name, reason, result});
    }
    return read;
  }

  /** The provider's word for it (RFC 6749, 5.2), and nothing else of what it said. */
  private static String code(byte[] body) {
    try {
      return Json.readObject(body).get("error") instanceof String error
              && ERROR.matcher(error).matches()
          ? ": " + error
          : "";
    } catch (MalformedJsonException e) {
      return "";
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  private Result read(byte[] body) {
    try {
      Map<String, @Nullable Object> answer = Json.readObject(body);
      boolean bearer =
          answer.get("token_type") instanceof String type && type.equalsIgnoreCase("bearer");
      if (!bearer
          || !(answer.get("access_token") instanceof String token)
          || !BEARER.matcher(token).matches()) {
        return new Result.None("token_invalid");
      }
      long seconds = answer.get("expires_in") instanceof Long said ? said : UNSAID_SECONDS;
      return new Result.Token(Secret.of(token), clock.instant().plus(life(seconds)));
    } catch (MalformedJsonException e) {
      return new Result.None("token_invalid");
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  /** A minute less than it lasts, or a quarter less of a short one. */
  private static Duration life(long seconds) {
    Duration whole = Duration.ofSeconds(Math.clamp(seconds, 0, LONGEST.toSeconds()));
    Duration quarter = whole.dividedBy(4);
    return whole.minus(quarter.compareTo(MARGIN) < 0 ? quarter : MARGIN);
  }
}
