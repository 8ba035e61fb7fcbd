package dev.portcullis.gateway.webhooks;

import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.egress.ForeignHosts;
import dev.portcullis.wire.egress.Names;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** The way to those who are told of events, all of them hosts that strangers chose. */
final class Receivers implements AutoCloseable {

  /**
   * How long an answer's head may be. It lies in memory at two bytes a character and may be kept
   * there until the attempt's end: 16 MB with 512 attempts at once.
   */
  private static final int HEAD_BYTES = 16 << 10;

  /** How much is read of an answer. */
  private static final int ANSWER_BYTES = 1_024;

  private final ForeignHosts hosts;
  private final boolean sandbox;

  /**
   * @param atOnce how many attempts are under way at most
   * @param names what names are resolved by
   * @param sandbox whether this machine may be told of events in test mode
   */
  Receivers(SSLContext tls, int atOnce, Names names, boolean sandbox) {
    // As many connections as attempts: whoever is slow keeps none from others.
    this.hosts =
        new ForeignHosts(
            tls,
            EgressOptions.to(AddressPolicy.PUBLIC).cuttingOff(atOnce, HEAD_BYTES, ANSWER_BYTES),
            names);
    this.sandbox = sandbox;
  }

  /** Sends, unless it may not be sent there. */
  EgressResult send(EgressRequest request, WebhookEndpoint endpoint, Duration timeout) {
    return hosts.send(request, sandbox && !endpoint.livemode(), timeout);
  }

  @Override
  public void close() {
    hosts.close();
  }
}
