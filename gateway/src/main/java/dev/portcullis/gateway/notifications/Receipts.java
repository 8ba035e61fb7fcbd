package dev.portcullis.gateway.notifications;

import dev.portcullis.wire.log.Redaction;
import dev.portcullis.wire.log.RefusalLines;
import dev.portcullis.wire.net.ClientAddress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Counts what became of notifications at the door, and says why; strangers fill no log. */
final class Receipts {

  private static final Logger LOG = Logger.getLogger(Receipts.class.getName());
  private static final int REFUSED = 400;
  private static final int LONGEST_PATH = 200;

  private final MeterRegistry meters;
  private final RefusalLines lines;

  Receipts(MeterRegistry meters, InstantSource clock) {
    this.meters = meters;
    this.lines = new RefusalLines(clock, LOG::warning);
    for (Receipt each : Receipt.values()) {
      counter(each);
    }
  }

  private Counter counter(Receipt receipt) {
    return Counter.builder("portcullis.notifications.received")
        .description("Notifications of providers, by what became of them at the door")
        .tag("outcome", receipt.wire())
        .register(meters);
  }

  void count(Receipt receipt) {
    counter(receipt).increment();
  }

  void note(Receipt receipt, String path, InetAddress address) {
    count(receipt);
    String network = ClientAddress.network(address);
    if (receipt != Receipt.STORED && lines.isWritten(REFUSED, network)) {
      LOG.log(
          Level.WARNING,
          "a notification to {0} from {1} was not taken in: {2}",
          new Object[] {shown(path), network, receipt.wire()});
    }
  }

  /** A path may hold what nobody should have put there. */
  private static String shown(String path) {
    String printable = path.replaceAll("[^\\x20-\\x7e]", "?");
    String cut =
        printable.length() <= LONGEST_PATH ? printable : printable.substring(0, LONGEST_PATH);
    return Redaction.scrub(cut);
  }
}
