package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.webhooks.Outcome.Attempted;
import dev.portcullis.wire.egress.EgressReasons;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.log.Redaction;
import dev.portcullis.wire.webhook.WebhookSigner;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes one attempt: signs at this moment, posts, and takes the answer for what it is. */
final class Sender {

  private static final String USER_AGENT = "Portcullis/1 webhooks";

  private final Receivers receivers;
  private final MissingKeys missing;
  private final EndpointKeys keys;
  private final InstantSource clock;
  private final Duration timeout;

  /**
   * @param timeout for the whole of an attempt, from the look-up of the name to the answer's end
   */
  Sender(
      Receivers receivers,
      MissingKeys missing,
      EndpointKeys keys,
      InstantSource clock,
      Duration timeout) {
    this.receivers = receivers;
    this.missing = missing;
    this.keys = keys;
    this.clock = clock;
    this.timeout = timeout;
  }

  /**
   * Sends.
   *
   * @param body the event as that endpoint wants it
   */
  Attempted send(Claim claim, WebhookEndpoint endpoint, byte[] body) {
    Instant begun = clock.instant();
    long start = System.nanoTime();
    WebhookSigner signer =
        keys.signer(
            claim.account(), claim.livemode(), missing.complete(claim.account(), endpoint), begun);
    EgressRequest request =
        new EgressRequest(
            "POST", URI.create(endpoint.url()), headers(claim, signer, begun, body), body);
    EgressResult result = receivers.send(request, endpoint, timeout);
    return new Attempted(
        claim,
        begun,
        Duration.ofNanos(System.nanoTime() - start),
        signer.secrets().size(),
        outcome(result, clock.instant()));
  }

  private static Map<String, String> headers(
      Claim claim, WebhookSigner signer, Instant at, byte[] body) {
    Map<String, String> headers = new LinkedHashMap<>(signer.headers(claim.event(), at, body));
    headers.put("Content-Type", "application/json; charset=utf-8");
    headers.put("User-Agent", USER_AGENT);
    headers.put("Portcullis-Sequence", Integer.toString(claim.sequence()));
    return headers;
  }

  static Outcome outcome(EgressResult result, Instant now) {
    return switch (result) {
      case EgressResult.Answered answered when answered.status() / 100 == 2 ->
          new Outcome.Delivered(answered.status());
      case EgressResult.Answered answered ->
          new Outcome.Refused(
              answered.status(),
              shown(answered.body()),
              RetryAfter.read(answered.headers().get("retry-after"), now));
      case EgressResult.NotSent(String reason) when EgressReasons.isOwn(reason) ->
          new Outcome.Unmade(EgressReasons.inWords(reason));
      case EgressResult.NotSent(String reason) -> new Outcome.Failed(false, reason);
      case EgressResult.NoAnswer(String reason) -> new Outcome.Failed(true, reason);
    };
  }

  /**
   * What a person is shown of an answer. Whoever wrote it may have repeated what it was sent, or
   * put control characters in for the terminal of whoever reads it.
   */
  private static String shown(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    return Redaction.scrub(text.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "\uFFFD"));
  }
}
