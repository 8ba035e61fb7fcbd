package dev.portcullis.wire.egress;

import java.time.Duration;
import javax.net.ssl.SSLContext;

/**
 * The way to hosts that somebody else has chosen (OWASP, Server-Side Request Forgery Prevention).
 * What a URL may be is judged again at each call, and the addresses where the connection is made.
 * Only what means this machine by itself leads to it, where that is allowed: a name of the internet
 * that has come to resolve to it does not.
 */
public final class ForeignHosts implements AutoCloseable {

  private static final int MOST_NAMES = 64;
  private static final Duration NAME_PATIENCE = Duration.ofSeconds(5);

  private final PatientNames names;
  private final EgressClient internet;
  private final EgressClient thisMachine;

  /**
   * @param tls whom to trust, and what to show of oneself
   * @param options the bounds; which addresses are allowed is decided here
   * @param names what names are resolved by
   */
  public ForeignHosts(SSLContext tls, EgressOptions options, Names names) {
    this.names = new PatientNames(names, MOST_NAMES, NAME_PATIENCE);
    this.internet = new EgressClient(tls, options.towards(AddressPolicy.PUBLIC), this.names);
    this.thisMachine = new EgressClient(tls, options.towards(AddressPolicy.LOOPBACK), this.names);
  }

  /**
   * Calls, unless no call may go there.
   *
   * @param mayBeLoopback whether this machine is allowed, by http as well
   * @param timeLimit how long it may take in all
   */
  public EgressResult send(EgressRequest request, boolean mayBeLoopback, Duration timeLimit) {
    return switch (ForeignUrl.judge(request.uri(), mayBeLoopback)) {
      case ForeignUrl.Judgement.Internet _ -> internet.send(request, timeLimit);
      case ForeignUrl.Judgement.ThisMachine _ -> thisMachine.send(request, timeLimit);
      case ForeignUrl.Judgement.Refused _ -> new EgressResult.NotSent("AddressNotAllowedException");
    };
  }

  @Override
  public void close() {
    internet.close();
    thisMachine.close();
    names.close();
  }
}
