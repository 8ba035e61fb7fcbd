package dev.portcullis.vault.http;

import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.KeysDestroyedException;
import dev.portcullis.vault.crypto.TamperedException;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.http.HeldCall;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The gateway's side of the vault: POST, JSON in and out, over mutual TLS. */
public final class InternalRoutes implements Routes {

  private static final Logger LOG = Logger.getLogger(InternalRoutes.class.getName());

  /** What is said of a call that is refused. */
  private static final List<String> SAID =
      List.of("account", "provider_account", "operation", "operation_id", "token", "id");

  private static final Map<String, String> HEADERS = Map.of("Content-Type", "application/json");

  /** One route. */
  public interface Handler {
    Answer handle(InternalArguments arguments) throws SQLException;
  }

  private final Map<String, Handler> handlers;
  private final Set<String> getReady;
  private final RefusedCalls refused;

  /**
   * @param handlers by path
   * @param getReady the paths whose handlers themselves ask whether a held call is released; those
   *     of all others begin when it is
   */
  public InternalRoutes(Map<String, Handler> handlers, Set<String> getReady, RefusedCalls refused) {
    this.handlers = Map.copyOf(handlers);
    this.getReady = Set.copyOf(getReady);
    this.refused = refused;
  }

  @Override
  public int maxBody() {
    return 1 << 20;
  }

  @Override
  public String nameOf(String path) {
    return handlers.containsKey(path) ? path : "other";
  }

  @Override
  public Reply answer(Exchange exchange) {
    Handler handler = handlers.get(exchange.path());
    if (handler == null || !exchange.method().equals("POST")) {
      return refuse(exchange, Map.of(), 404, "no_such_route", "There is no such route.");
    }
    Map<String, @Nullable Object> members = Map.of();
    try {
      members = Json.readObject(exchange.body());
      InternalArguments arguments = new InternalArguments(members, exchange::isReleased);
      if (!getReady.contains(exchange.path())) {
        arguments.requireReleased();
      }
      Answer answer = handler.handle(arguments);
      return exchange.isReleased()
          ? new Reply(answer.status(), HEADERS, answer.body())
          : takenBack();
    } catch (TakenBackException e) {
      return takenBack();
    } catch (InternalException e) {
      if (!exchange.isReleased()) {
        return takenBack();
      }
      return refuse(exchange, members, e.status(), e.code(), String.valueOf(e.getMessage()));
    } catch (MalformedJsonException e) {
      return refuse(exchange, members, 400, "invalid_request", String.valueOf(e.getMessage()));
    } catch (ApiException e) {
      return refuse(exchange, members, e.error().status(), "invalid_request", e.error().message());
    } catch (SQLException e) {
      LOG.log(Level.SEVERE, exchange.requestId() + ": the database failed", e);
      return error(503, "unavailable", "The vault's database cannot be reached.");
    } catch (KeysDestroyedException e) {
      return error(404, "no_such_token", "The account's cards were destroyed.");
    } catch (KeyUnavailableException e) {
      LOG.log(Level.SEVERE, "{0}: {1}", new Object[] {exchange.requestId(), e.getMessage()});
      return error(503, "key_unavailable", "The vault's master key cannot be used now.");
    } catch (TamperedException e) {
      LOG.log(Level.SEVERE, exchange.requestId() + ": a stored value was changed", e);
      return error(500, "tampered", "A stored value does not belong to its row.");
    } catch (RuntimeException | Error e) {
      // An error too: the server would answer it and tell nobody why.
      LOG.log(Level.SEVERE, exchange.requestId() + ": a call failed", e);
      return error(500, "internal", "The vault failed; its log says why.");
    }
  }

  /** No refusal of ours, whatever it would have come to: nobody has stored that it was called. */
  private static Reply takenBack() {
    return error(409, HeldCall.WAS_TAKEN_BACK, "The call was taken back.");
  }

  /** Refuses, and says so: of whom, what for, by which route. */
  private Reply refuse(
      Exchange exchange,
      Map<String, @Nullable Object> members,
      int status,
      String code,
      String message) {
    String route =
        handlers.containsKey(exchange.path())
            ? exchange.path()
            : ApiErrors.shown(exchange.method() + " " + exchange.path());
    StringBuilder what = new StringBuilder(route).append(' ').append(exchange.requestId());
    for (String name : SAID) {
      if (members.get(name) instanceof String value) {
        what.append(' ').append(name).append(' ').append(ApiErrors.shown(value));
      }
    }
    refused.report(status, code, what.toString(), message);
    return error(status, code, message);
  }

  static Reply error(int status, String code, String message) {
    return new Reply(
        status, HEADERS, Json.write(Map.of("error", Map.of("code", code, "message", message))));
  }
}
