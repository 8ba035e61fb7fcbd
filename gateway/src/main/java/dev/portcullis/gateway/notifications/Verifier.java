package dev.portcullis.gateway.notifications;

import dev.portcullis.gateway.notifications.NotificationEndpoint.Addressee;
import dev.portcullis.gateway.provider.VaultLink;
import dev.portcullis.gateway.provider.VaultLink.Said;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Has the vault, which has the secrets, say whether a notification is the provider's. */
final class Verifier {

  private static final Logger LOG = Logger.getLogger(Verifier.class.getName());
  private static final String VERIFY = "/internal/v1/notifications/verify";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int TOO_MANY = 429;

  /** The vault's bounds. */
  private static final int MOST_HEADERS = 100;

  private static final int LONGEST_HEADER = 8_192;

  /** No scheme signs with them, and whoever calls may have put theirs there. */
  private static final Set<String> KEPT = Set.of("authorization", "cookie", "proxy-authorization");

  private final VaultLink link;

  Verifier(VaultLink link) {
    this.link = link;
  }

  /** What the vault says of it. */
  enum Answer {
    /** It is the provider's. */
    GENUINE,
    /** It is not. */
    FALSE,
    /** Nothing of the provider account's is taken in. */
    NOT_CONNECTED,
    /** Nobody can say now. */
    AWAY
  }

  Answer verify(Addressee to, HttpServletRequest http, byte[] body) {
    Map<String, @Nullable Object> call = new LinkedHashMap<>();
    call.put("account", to.account());
    call.put("livemode", to.livemode());
    call.put("provider_account", to.provider().name());
    call.put("headers", headers(http));
    call.put("body", Base64.getEncoder().encodeToString(body));
    return switch (link.call(VERIFY, call, PATIENCE)) {
      case Said.NotSent(String reason) -> away(reason);
      case Said.NoAnswer(String reason) -> away(reason);
      case Said.Answer answer -> read(answer);
    };
  }

  private static Answer read(Said.Answer answer) {
    if (answer.status() == 200) {
      return Boolean.TRUE.equals(answer.body().get("verified")) ? Answer.GENUINE : Answer.FALSE;
    }
    if (answer.status() >= 500 || answer.status() == TOO_MANY) {
      return away(answer.errorCode());
    }
    LOG.warning("the vault takes no such notification: " + answer.errorCode());
    return Answer.NOT_CONNECTED;
  }

  private static Answer away(String reason) {
    LOG.warning("the vault cannot verify notifications now: " + reason);
    return Answer.AWAY;
  }

  /**
   * By lower-case name; those that come twice as one list (RFC 9110, 5.3). The blank in it, which
   * no provider's signature has, keeps two halves of one from being put together.
   */
  private static Map<String, String> headers(HttpServletRequest http) {
    Map<String, String> headers = new TreeMap<>();
    for (String name : Collections.list(http.getHeaderNames())) {
      String value = String.join(", ", Collections.list(http.getHeaders(name)));
      boolean fits = value.length() <= LONGEST_HEADER && headers.size() < MOST_HEADERS;
      String lower = name.toLowerCase(Locale.ROOT);
      if (fits && !KEPT.contains(lower)) {
        headers.put(lower, value);
      }
    }
    return headers;
  }
}
