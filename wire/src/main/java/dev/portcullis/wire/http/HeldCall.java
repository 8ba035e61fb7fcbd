package dev.portcullis.wire.http;

import java.time.Duration;

/**
 * A call that its client may still take back when all but its body's last byte has been sent: the
 * server gets everything ready meanwhile, and does nothing before that byte is there. So what has
 * to be durable before the call takes effect is stored while the call is under way.
 */
public final class HeldCall {

  /** The header of such a call; its value does not matter. */
  public static final String HEADER = "Portcullis-Held";

  /** The last byte of a body that goes on. To whoever does not know of it, it is white space. */
  public static final byte GO = '\n';

  /** The last byte of one that was taken back. To whoever does not know of it, no JSON ends so. */
  public static final byte TAKEN_BACK = '-';

  /** The code of the answer to a call that was taken back, or not let go in time. */
  public static final String WAS_TAKEN_BACK = "taken_back";

  /**
   * How much longer than the provider may take a call to the vault may: the vault keeps its own
   * deadline, and its answer has to arrive. No longer is a call held.
   */
  public static final Duration SLACK = Duration.ofSeconds(2);

  private HeldCall() {}
}
