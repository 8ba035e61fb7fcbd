package dev.portcullis.vault.http;

import dev.portcullis.vault.card.CardIntake;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.KeysDestroyedException;
import dev.portcullis.vault.keys.Authenticator;
import dev.portcullis.vault.keys.Principal;
import dev.portcullis.vault.limits.AddressLimits;
import dev.portcullis.vault.limits.IntakePlaces;
import dev.portcullis.vault.limits.LimitReached;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.http.CommonHeaders;
import dev.portcullis.wire.idempotency.IdempotencyKey;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.KeyRefusals;
import dev.portcullis.wire.net.ClientAddress;
import dev.portcullis.wire.params.ParamTree;
import java.net.InetAddress;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The cards origin: the one public place that takes card numbers, in Stripe's wire form. A page may
 * call it with a publishable key; a secret key in a page gets no answer that the page may read.
 */
public final class CardsOrigin implements Routes {

  private static final Logger LOG = Logger.getLogger(CardsOrigin.class.getName());

  private static final String DEFAULT_VERSION = "2026-10-28.endive";
  private static final Pattern VERSION = Pattern.compile("[0-9A-Za-z._;=-]{1,64}");

  /** What is read by its first value here could be read by its last elsewhere. */
  private static final List<String> SINGLE =
      List.of(
          "Authorization",
          "Content-Type",
          "Idempotency-Key",
          "Stripe-Account",
          "Stripe-Context",
          "Stripe-Version");

  private static final Map<String, CardIntake.Kind> POSTS =
      Map.of(
          CardIntake.Kind.TOKEN.path(),
          CardIntake.Kind.TOKEN,
          CardIntake.Kind.PAYMENT_METHOD.path(),
          CardIntake.Kind.PAYMENT_METHOD);

  private final Authenticator authenticator;
  private final CardIntake intake;
  private final ClientAddress addresses;
  private final Runnable requireOpen;
  private final AddressLimits limits;
  private final IntakePlaces places;
  private final Refusals refusals;
  private final FieldRoutes fields;

  /**
   * @param addresses tells where a request comes from
   * @param limits what one address may ask for
   * @param places for those who have a key
   * @param refusals where it is counted that a limit was reached
   * @param fields what browsers load
   * @param requireOpen throws while the vault is sealed
   */
  public CardsOrigin(
      Authenticator authenticator,
      CardIntake intake,
      ClientAddress addresses,
      AddressLimits limits,
      IntakePlaces places,
      Refusals refusals,
      FieldRoutes fields,
      Runnable requireOpen) {
    this.requireOpen = requireOpen;
    this.addresses = addresses;
    this.authenticator = authenticator;
    this.intake = intake;
    this.limits = limits;
    this.places = places;
    this.refusals = refusals;
    this.fields = fields;
  }

  /** A card with all that may stand beside it is a few kilobytes, and many may wait. */
  @Override
  public int maxBody() {
    return 32 << 10;
  }

  /** Which network the request comes from. */
  String networkOf(Exchange exchange) {
    return ClientAddress.network(addresses.of(exchange.peer(), exchange::headers));
  }

  @Override
  public String nameOf(String path) {
    if (fields.isFor(path)) {
      return fields.nameOf(path);
    }
    return POSTS.containsKey(path) ? path : "other";
  }

  /** Whether a card may come with it. */
  boolean mayBringCard(String path) {
    return !fields.isFor(path);
  }

  @Override
  public Reply answer(Exchange exchange) {
    Map<String, String> headers = headers(exchange);
    InetAddress address = addresses.of(exchange.peer(), exchange::headers);
    try {
      limits.request(address);
      if (fields.isFor(exchange.path())) {
        return fields.answer(exchange, address);
      }
      if (exchange.method().equals("OPTIONS") && POSTS.containsKey(exchange.path())) {
        return preflight(headers);
      }
      Answer answer = handle(exchange, address);
      if (answer.replayed()) {
        headers.put("Idempotent-Replayed", "true");
      }
      return new Reply(answer.status(), headers, answer.body());
    } catch (ApiException e) {
      return refusal(e.error(), headers);
    } catch (LimitReached e) {
      refusals.report(e.limit(), ClientAddress.network(address));
      headers.put("Retry-After", Long.toString(e.retryAfterSeconds()));
      headers.put("Stripe-Rate-Limited-Reason", e.limit().reason());
      headers.put("Stripe-Should-Retry", "true");
      return refusal(e.error(), headers);
    } catch (SQLTransientConnectionException e) {
      refusals.noConnection(e);
      return refusal(ApiErrors.unavailable(), headers);
    } catch (SQLException e) {
      LOG.log(Level.SEVERE, exchange.requestId() + ": the database failed", e);
      return refusal(ApiErrors.unavailable(), headers);
    } catch (KeysDestroyedException e) {
      return refusal(
          ApiErrors.forbidden("This account's cards were destroyed. It takes no more cards."),
          headers);
    } catch (KeyUnavailableException e) {
      LOG.log(Level.SEVERE, "{0}: {1}", new Object[] {exchange.requestId(), e.getMessage()});
      return refusal(ApiErrors.vaultKeyUnavailable(), headers);
    } catch (RuntimeException | Error e) {
      // An error too: the server would answer it and tell nobody why.
      LOG.log(Level.SEVERE, exchange.requestId() + ": a request failed", e);
      return refusal(ApiErrors.internal(), headers);
    }
  }

  private Answer handle(Exchange exchange, InetAddress address) throws SQLException {
    for (String name : SINGLE) {
      if (exchange.headers(name).size() > 1) {
        throw new ApiException(ApiErrors.givenTwice(name));
      }
    }
    // The key comes before everything else: who has none learns nothing.
    Principal principal = authenticate(exchange.header("Authorization"), address);
    CardIntake.Kind kind = POSTS.get(exchange.path());
    if (kind == null || !exchange.method().equals("POST")) {
      throw new ApiException(ApiErrors.unrecognizedUrl(exchange.method(), exchange.path()));
    }
    requireOpen.run();
    requirePermission(principal, kind);
    refuseOther(exchange.header("Stripe-Account"), principal);
    refuseOther(exchange.header("Stripe-Context"), principal);
    var idempotencyKey = IdempotencyKey.parse(exchange.header("Idempotency-Key"));
    idempotencyKey.ifPresent(key -> CardIntake.requireNoCard("Idempotency-Key", key.value()));
    places.requireRoom();
    byte[] body = exchange.body();
    try (var _ = places.enter()) {
      ParamTree parameters = CardIntake.parameters(exchange.header("Content-Type"), body);
      return intake.handle(
          new CardIntake.Request(
              principal, kind, parameters, idempotencyKey, address.getHostAddress()));
    }
  }

  /** Each key that is none costs a query, and guessing is stopped at the address. */
  private Principal authenticate(@Nullable String authorization, InetAddress address)
      throws SQLException {
    AddressLimits.Guess guess = limits.guess(address);
    try {
      Principal principal = authenticator.authenticate(authorization, address, guess::begin);
      guess.isKey();
      return principal;
    } catch (ApiException e) {
      if (e.error().status() == 401) {
        guess.isNone();
      } else {
        guess.isKey();
      }
      throw e;
    }
  }

  private static void requirePermission(Principal principal, CardIntake.Kind kind) {
    if (!principal.may(kind.permission())) {
      throw new ApiException(
          KeyRefusals.lacks(principal.hint(), principal.owner().account(), kind.permission()));
    }
  }

  /** A key takes cards for its own account; one that was named by mistake must not get them. */
  private static void refuseOther(@Nullable String account, Principal principal) {
    if (account != null && !account.isEmpty() && !account.equals(principal.owner().account())) {
      throw new ApiException(
          ApiErrors.forbidden(
              "The provided key does not have access to account '"
                  + ApiErrors.shown(account)
                  + "' (or that account does not exist)."));
    }
  }

  private Map<String, String> headers(Exchange exchange) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("Request-Id", exchange.requestId());
    String version = exchange.header("Stripe-Version");
    headers.put(
        "Stripe-Version",
        version != null && VERSION.matcher(version).matches() ? version : DEFAULT_VERSION);
    String key = exchange.header("Idempotency-Key");
    if (key != null && key.length() <= 255 && key.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)) {
      headers.put("Idempotency-Key", key);
    }
    if (CommonHeaders.mayBeReadByAPage(exchange.header("Authorization"))) {
      headers.putAll(CommonHeaders.readable());
    }
    return headers;
  }

  private static Reply preflight(Map<String, String> headers) {
    headers.putAll(CommonHeaders.preflight("POST"));
    headers.remove("Content-Type");
    return new Reply(204, headers, new byte[0]);
  }

  private static Reply refusal(ApiError error, Map<String, String> headers) {
    if (error.status() == 401) {
      headers.put("WWW-Authenticate", "Basic realm=\"Portcullis\"");
    }
    if (error.status() == 503) {
      headers.put("Stripe-Should-Retry", "true");
    }
    return new Reply(error.status(), headers, Json.write(error.body()));
  }
}
