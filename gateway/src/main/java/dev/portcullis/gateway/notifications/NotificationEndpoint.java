package dev.portcullis.gateway.notifications;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.NotificationReader;
import dev.portcullis.gateway.http.Strangers;
import dev.portcullis.gateway.limits.Errand;
import dev.portcullis.gateway.limits.LimitReached;
import dev.portcullis.gateway.notifications.Verifier.Answer;
import dev.portcullis.gateway.provider.ProviderAccount;
import dev.portcullis.gateway.provider.ProviderAccounts;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.log.RequestScope;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * {@code POST /webhooks/{connector}/{account}/{test|live}/{name}}: where providers tell something
 * by themselves. There is no key; the provider's signature, which the vault checks, is what counts.
 * It is acknowledged once it is durable, and worked on afterwards.
 *
 * <p>Whatever is wrong has one answer, 400, so that nobody learns here which accounts there are, or
 * how near a signature is. 408, 429 and 503 say that nothing was looked at, so that the provider
 * sends it again.
 */
public final class NotificationEndpoint implements RouterFunction<ServerResponse> {

  /** The route, as the file of routes names it. */
  public static final String ROUTE =
      ProviderAccount.NOTIFICATIONS + "{connector}/{account}/{mode}/{name}";

  /** What the vault takes, once it is written in base 64. */
  static final int LONGEST_BODY = 3 << 18;

  private static final Logger LOG = Logger.getLogger(NotificationEndpoint.class.getName());
  private static final Pattern PATH =
      Pattern.compile(
          ProviderAccount.NOTIFICATIONS
              + "([a-z]{1,40})/(acct_[0-9A-Za-z]{1,64})/(test|live)/([a-z][a-z0-9_-]{0,48})");

  /** Older accounts at Adyen wait for this word; to all others any 200 will do. */
  private static final byte[] ACKNOWLEDGED = "[accepted]".getBytes(StandardCharsets.US_ASCII);

  private static final ApiError REFUSED =
      ApiErrors.badRequest("The notification was not accepted.");

  private final Strangers strangers;
  private final ProviderAccounts accounts;
  private final Verifier verifier;
  private final NotificationStore store;
  private final Receipts receipts;
  private final Ids ids;

  NotificationEndpoint(
      Strangers strangers,
      ProviderAccounts accounts,
      Verifier verifier,
      NotificationStore store,
      Receipts receipts,
      Ids ids) {
    this.strangers = strangers;
    this.accounts = accounts;
    this.verifier = verifier;
    this.store = store;
    this.receipts = receipts;
    this.ids = ids;
  }

  /**
   * To whom it is addressed.
   *
   * @param reader what reads what that provider tells
   */
  record Addressee(
      String account, boolean livemode, ProviderAccount provider, NotificationReader reader) {}

  @Override
  public Optional<HandlerFunction<ServerResponse>> route(ServerRequest request) {
    return request.method().name().equals("POST")
            && request.path().startsWith(ProviderAccount.NOTIFICATIONS)
        ? Optional.of(this::handle)
        : Optional.empty();
  }

  private ServerResponse handle(ServerRequest request) {
    String requestId = ids.next("req");
    return RequestScope.call(
        requestId, () -> answer(request.path(), request.servletRequest(), requestId));
  }

  private ServerResponse answer(String path, HttpServletRequest http, String requestId) {
    try {
      InetAddress address = strangers.admit(http, Errand.NOTIFICATION);
      Receipt receipt = take(path, http, address);
      receipts.note(receipt, path, address);
      return answer(receipt, requestId);
    } catch (LimitReached e) {
      receipts.count(Receipt.LIMITED);
      return error(e.error(), requestId)
          .header("Retry-After", Long.toString(e.retryAfterSeconds()))
          .body(Json.write(e.error().body()));
    }
  }

  private static ServerResponse answer(Receipt receipt, String requestId) {
    return switch (receipt) {
      case STORED ->
          ServerResponse.ok()
              .header("Request-Id", requestId)
              .contentType(MediaType.TEXT_PLAIN)
              .body(ACKNOWLEDGED);
      case ADDRESS, NOT_CONNECTED, TOO_LARGE, BROKEN_OFF, UNVERIFIED, UNREADABLE ->
          error(REFUSED, requestId).body(Json.write(REFUSED.body()));
      case SLOW -> {
        ApiError slow = ApiErrors.requestTimeout();
        yield error(slow, requestId).header("Connection", "close").body(Json.write(slow.body()));
      }
      case LIMITED, UNAVAILABLE -> {
        ApiError away = ApiErrors.unavailable();
        yield error(away, requestId).header("Retry-After", "10").body(Json.write(away.body()));
      }
    };
  }

  private static ServerResponse.BodyBuilder error(ApiError error, String requestId) {
    return ServerResponse.status(error.status())
        .header("Request-Id", requestId)
        .contentType(MediaType.APPLICATION_JSON);
  }

  private Receipt take(String path, HttpServletRequest http, InetAddress address) {
    try {
      Optional<Addressee> addressee = addressee(path);
      return addressee.isEmpty()
          ? Receipt.ADDRESS
          : strangers.withBody(
              http, address, LONGEST_BODY, body -> take(addressee.get(), http, body));
    } catch (ApiException e) {
      return switch (e.error().status()) {
        case 408 -> Receipt.SLOW;
        case 413 -> Receipt.TOO_LARGE;
        default -> Receipt.BROKEN_OFF;
      };
    } catch (IOException e) {
      LOG.log(Level.FINE, "a notification broke off", e);
      return Receipt.BROKEN_OFF;
    } catch (DataAccessException e) {
      LOG.log(Level.WARNING, "a notification could not be taken in", e);
      return Receipt.UNAVAILABLE;
    }
  }

  private Optional<Addressee> addressee(String path) {
    Matcher parts = PATH.matcher(path);
    if (!parts.matches()) {
      return Optional.empty();
    }
    boolean livemode = parts.group(3).equals("live");
    return accounts
        .find(parts.group(2), livemode, parts.group(4))
        .filter(each -> each.connector().equals(parts.group(1)))
        .flatMap(
            each ->
                Connectors.find(each.connector())
                    .filter(NotificationReader.class::isInstance)
                    .map(NotificationReader.class::cast)
                    .map(reader -> new Addressee(parts.group(2), livemode, each, reader)));
  }

  private Receipt take(Addressee to, HttpServletRequest http, byte[] body) {
    return switch (verifier.verify(to, http, body)) {
      case Answer.NOT_CONNECTED -> Receipt.NOT_CONNECTED;
      case Answer.FALSE -> Receipt.UNVERIFIED;
      case Answer.AWAY -> Receipt.UNAVAILABLE;
      case Answer.GENUINE -> {
        Map<String, @Nullable Object> read = NotificationBody.read(to.reader.sendsForms(), body);
        if (read == null) {
          yield Receipt.UNREADABLE;
        }
        yield store.add(to, to.reader.read(read), body) ? Receipt.STORED : Receipt.UNAVAILABLE;
      }
    };
  }
}
