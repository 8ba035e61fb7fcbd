package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.Notifications;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.tls.MessageSigners;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that one provider account's notifications are signed with. Anybody can send a
 * notification, and each names its certificate: so none is fetched but from the place that the
 * policy names, few in a minute, and only one that is trusted is kept.
 *
 * <p>Safe for use by many threads.
 */
final class SigningCertificates {

  private static final Logger LOG = Logger.getLogger(SigningCertificates.class.getName());
  private static final String PATH = "/v1/notifications/certs/";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int LONGEST = 64 << 10;
  private static final int MOST_KEPT = 8;

  /** Also how long one that PayPal has withdrawn may still be taken. */
  private static final Duration LONGEST_KEPT = Duration.ofHours(24);

  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int MOST_IN_WINDOW = 10;

  private final EgressClient client;
  private final MessageSigners signers;
  private final String name;
  private final Pattern url;
  private final ReentrantLock fetching = new ReentrantLock();
  private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private Instant window = Instant.MIN;
  private int fetched;

  private record Kept(X509Certificate certificate, Instant until) {}

  /** What came of looking for one. */
  sealed interface Found {
    /**
     * It is the provider's.
     *
     * @param name the last part of its URL
     */
    record Trusted(String name, X509Certificate certificate) implements Found {}

    record Refused(String reason) implements Found {}

    record Unavailable(String reason) implements Found {}
  }

  /**
   * @param client the connections to where they are
   * @param signers whose certificates are trusted
   */
  SigningCertificates(Notifications.PayPal how, EgressClient client, MessageSigners signers) {
    this.client = client;
    this.signers = signers;
    this.name = how.certificateName();
    // As a text, before anything reads it as a URL: what reads differently here and there is none.
    this.url =
        Pattern.compile(Pattern.quote(how.certificateOrigin() + PATH) + "([0-9A-Za-z_-]{1,128})");
  }

  /**
   * The certificate at a URL.
   *
   * @param from what the notification says
   */
  Found find(String from, Instant now) {
    Matcher place = url.matcher(from);
    if (!place.matches()) {
      return new Found.Refused("its certificate is not where the policy says");
    }
    Kept known = known(from, now);
    if (known != null) {
      return new Found.Trusted(place.group(1), known.certificate());
    }
    try {
      if (!fetching.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Found.Unavailable("other certificates are being fetched");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Found.Unavailable("interrupted");
    }
    try {
      Kept meanwhile = known(from, now);
      return meanwhile == null
          ? fetch(from, place.group(1), now)
          : new Found.Trusted(place.group(1), meanwhile.certificate());
    } finally {
      fetching.unlock();
    }
  }

  private @Nullable Kept known(String from, Instant now) {
    synchronized (kept) {
      Kept known = kept.get(from);
      return known != null && now.isBefore(known.until()) ? known : null;
    }
  }

  private void keep(String from, Kept found) {
    synchronized (kept) {
      kept.put(from, found);
      if (kept.size() > MOST_KEPT) {
        kept.remove(kept.keySet().iterator().next());
      }
    }
  }

  private Found fetch(String from, String last, Instant now) {
    if (!isOneMore(now)) {
      return new Found.Unavailable("too many certificates were asked for");
    }
    EgressResult result = client.send(EgressRequest.get(URI.create(from), Map.of()), PATIENCE);
    return switch (result) {
      case EgressResult.Answered answered when answered.status() == 200 ->
          read(from, last, answered.body(), now);
      case EgressResult.Answered answered when isRefusal(answered.status()) ->
          new Found.Refused("there is no such certificate");
      case EgressResult.Answered _, EgressResult.NotSent _, EgressResult.NoAnswer _ -> {
        LOG.log(Level.WARNING, "no certificate {0}: {1}", new Object[] {last, result});
        yield new Found.Unavailable("its certificate cannot be fetched");
      }
    };
  }

  private static boolean isRefusal(int status) {
    return status == 404 || status == 410;
  }

  /** Guarded by {@link #fetching}. */
  private boolean isOneMore(Instant now) {
    if (!now.isBefore(window.plus(WINDOW))) {
      window = now;
      fetched = 0;
    }
    return ++fetched <= MOST_IN_WINDOW;
  }

  private Found read(String from, String last, byte[] body, Instant now) {
    if (body.length > LONGEST) {
      return new Found.Refused("its certificate is too long");
    }
    try {
      MessageSigners.Signer signer = signers.verified(body, name, now);
      Instant latest = now.plus(LONGEST_KEPT);
      keep(
          from,
          new Kept(
              signer.certificate(), signer.until().isBefore(latest) ? signer.until() : latest));
      return new Found.Trusted(last, signer.certificate());
    } catch (GeneralSecurityException e) {
      LOG.log(Level.WARNING, "the certificate " + last + " is not trusted", e);
      return new Found.Refused("its certificate is not trusted");
    }
  }
}
