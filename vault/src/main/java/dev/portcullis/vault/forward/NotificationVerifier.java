package dev.portcullis.vault.forward;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.forward.NotificationSignature.Notification;
import dev.portcullis.vault.forward.Policy.Notifications;
import dev.portcullis.vault.http.Answer;
import dev.portcullis.vault.http.InternalArguments;
import dev.portcullis.vault.http.RefusedCalls;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /internal/v1/notifications/verify}: whether a provider's notification is from that
 * provider, by the scheme of its policy. Every version of the secret that is not retired is tried,
 * so that a provider may go over to a new one at its leisure. The answer is {@code verified}, and
 * with which {@code version} of the secret, or certificate.
 *
 * <p>Errors: 400 {@code invalid_request}; 403 {@code policy_violation} where the policy takes no
 * notifications; 404 {@code unknown_operation} where there is no such provider account; 503 {@code
 * certificate_unavailable} where the provider's certificate cannot be had now: the notification is
 * neither genuine nor false then, and the provider has to be told to send it again.
 */
public final class NotificationVerifier {

  private static final Logger LOG = Logger.getLogger(NotificationVerifier.class.getName());
  private static final int LONGEST_BODY = 1 << 20;
  private static final int MOST_HEADERS = 100;
  private static final int LONGEST_HEADER = 8_192;

  private final Providers providers;
  private final RefusedCalls refused;
  private final InstantSource clock;
  private final SecretAccess access;

  /**
   * @param refused where it is put down what is not verified: anybody can send such
   */
  public NotificationVerifier(
      Providers providers, RefusedCalls refused, InstantSource clock, SecretAccess access) {
    this.providers = providers;
    this.refused = refused;
    this.clock = clock;
    this.access = access;
  }

  /** Verifies one. */
  public Answer handle(InternalArguments arguments) {
    Owner owner = new Owner(arguments.name("account"), arguments.bool("livemode"));
    String account = arguments.name("provider_account");
    Notification notification = new Notification(headers(arguments), body(arguments));
    arguments.refuseOthers();
    Provider provider =
        providers.find(account, owner).orElseThrow(ForwardRefusal::unknownOperation);
    Notifications how = provider.policy().notifications();
    if (how == null) {
      throw ForwardRefusal.violation("the provider's policy takes no notifications");
    }
    String what = "notification of " + account + " for " + owner.account();
    return switch (verdict(how, provider, notification)) {
      case Verdict.Signed(String by) -> {
        LOG.log(Level.INFO, "{0}: verified with {1}", new Object[] {what, by});
        yield answer(by);
      }
      case Verdict.Unsigned(String reason) -> {
        refused.report(RefusedCalls.FORBIDDEN, "notification_unverified", what, reason);
        yield answer(null);
      }
      case Verdict.Unknown(String reason) -> throw ForwardRefusal.certificateUnavailable(reason);
    };
  }

  private static Answer answer(@Nullable String version) {
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("verified", version != null);
    answer.put("version", version);
    return Answer.json(200, answer);
  }

  private Verdict verdict(Notifications how, Provider provider, Notification notification) {
    return switch (how) {
      case Notifications.Keyed keyed -> {
        String version = version(keyed, provider, notification);
        yield version == null
            ? new Verdict.Unsigned("no secret has signed it")
            : new Verdict.Signed(version);
      }
      case Notifications.PayPal paypal ->
          PayPalSignature.of(
              paypal,
              notification,
              Objects.requireNonNull(provider.certificates()),
              clock.instant());
    };
  }

  /** The newest version that it is signed with, or null; all are tried, whichever it is. */
  private @Nullable String version(
      Notifications.Keyed how, Provider provider, Notification notification) {
    String version = null;
    for (BoundSecret secret : provider.notificationSecrets()) {
      byte[] bytes = secret.secret().revealBytes(access);
      try {
        if (NotificationSignature.isValid(how, notification, bytes, clock.instant())
            && version == null) {
          version = secret.version();
        }
      } finally {
        Arrays.fill(bytes, (byte) 0);
      }
    }
    return version;
  }

  private static Map<String, String> headers(InternalArguments arguments) {
    Map<String, @Nullable Object> sent = arguments.objectOrNull("headers");
    Map<String, String> headers = new HashMap<>();
    if (sent == null || sent.size() > MOST_HEADERS) {
      throw arguments.invalid("headers", "must be at most " + MOST_HEADERS + " texts by name");
    }
    sent.forEach(
        (name, value) -> {
          if (!(value instanceof String text)
              || text.length() > LONGEST_HEADER
              || headers.put(name.toLowerCase(Locale.ROOT), text) != null) {
            throw arguments.invalid(
                "headers", "must be texts of at most " + LONGEST_HEADER + " characters by name");
          }
        });
    return headers;
  }

  private static byte[] body(InternalArguments arguments) {
    try {
      return Base64.getDecoder().decode(arguments.text("body", LONGEST_BODY));
    } catch (IllegalArgumentException e) {
      throw arguments.invalid("body", "must be base64");
    }
  }
}
