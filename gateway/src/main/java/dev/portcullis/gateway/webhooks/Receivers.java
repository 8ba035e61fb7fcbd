package dev.portcullis.gateway.webhooks;

import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.egress.Names;
import dev.portcullis.wire.egress.PatientNames;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/**
 * The way to those who are told of events, all of them hosts that strangers chose (OWASP,
 * Server-Side Request Forgery Prevention). What a URL may be is judged again at each attempt, and
 * the addresses where the connection is made. Only what means this machine by itself leads to it,
 * in the sandbox: a name of the internet that has come to resolve to it does not.
 */
final class Receivers implements AutoCloseable {

  /**
   * How long an answer's head may be. It lies in memory at two bytes a character and may be kept
   * there until the attempt's end: 16 MB with 512 attempts at once.
   */
  private static final int HEAD_BYTES = 16 << 10;

  /** How much is read of an answer. */
  private static final int ANSWER_BYTES = 1_024;

  private static final int MOST_NAMES = 64;
  private static final Duration NAME_PATIENCE = Duration.ofSeconds(5);

  private final PatientNames names;
  private final EgressClient internet;
  private final EgressClient thisMachine;
  private final boolean sandbox;

  /**
   * @param atOnce how many attempts are under way at most
   * @param names what names are resolved by
   * @param sandbox whether this machine may be told of events in test mode
   */
  Receivers(SSLContext tls, int atOnce, Names names, boolean sandbox) {
    this.names = new PatientNames(names, MOST_NAMES, NAME_PATIENCE);
    this.sandbox = sandbox;
    internet = client(tls, AddressPolicy.PUBLIC, atOnce);
    thisMachine = client(tls, AddressPolicy.LOOPBACK, atOnce);
  }

  private EgressClient client(SSLContext tls, AddressPolicy addresses, int atOnce) {
    // As many connections as attempts: whoever is slow keeps none from others.
    return new EgressClient(
        tls, EgressOptions.to(addresses).cuttingOff(atOnce, HEAD_BYTES, ANSWER_BYTES), names);
  }

  /** Sends, unless it may not be sent there. */
  EgressResult send(EgressRequest request, WebhookEndpoint endpoint, Duration timeout) {
    return switch (EndpointUrl.judge(request.uri(), sandbox && !endpoint.livemode())) {
      case EndpointUrl.Judgement.Internet _ -> internet.send(request, timeout);
      case EndpointUrl.Judgement.ThisMachine _ -> thisMachine.send(request, timeout);
      case EndpointUrl.Judgement.Refused _ ->
          new EgressResult.NotSent("AddressNotAllowedException");
    };
  }

  @Override
  public void close() {
    internet.close();
    thisMachine.close();
    names.close();
  }
}
