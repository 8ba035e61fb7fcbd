package dev.portcullis.wire.egress;

import java.time.Duration;
import java.util.List;

/**
 * The bounds of an {@link EgressClient}.
 *
 * @param addresses where calls may go
 * @param protocols the TLS versions to speak
 * @param maxConnections at most that many at once, to one host and in all
 * @param maxResponseBytes a longer answer is no answer, or is cut off
 * @param cutsLong whether a longer answer is cut off, and the connection with it: its status counts
 * @param connectTimeout how long a connection, TLS included, may take to make
 */
public record EgressOptions(
    AddressPolicy addresses,
    List<String> protocols,
    int maxConnections,
    int maxResponseBytes,
    boolean cutsLong,
    Duration connectTimeout) {

  public EgressOptions {
    protocols = List.copyOf(protocols);
  }

  /** The same, with an answer that is too long being none. */
  public EgressOptions(
      AddressPolicy addresses,
      List<String> protocols,
      int maxConnections,
      int maxResponseBytes,
      Duration connectTimeout) {
    this(addresses, protocols, maxConnections, maxResponseBytes, false, connectTimeout);
  }

  /** TLS 1.2 and 1.3, 128 connections, answers of 1 MiB, 5 seconds to connect. */
  public static EgressOptions to(AddressPolicy addresses) {
    return new EgressOptions(
        addresses, List.of("TLSv1.3", "TLSv1.2"), 128, 1 << 20, Duration.ofSeconds(5));
  }

  /** The same with TLS 1.3 alone: between zones. */
  public EgressOptions onlyTls13() {
    return new EgressOptions(
        addresses, List.of("TLSv1.3"), maxConnections, maxResponseBytes, cutsLong, connectTimeout);
  }

  /** The same with that many connections at once, and answers cut off after so many bytes. */
  public EgressOptions cuttingOff(int connections, int bytes) {
    return new EgressOptions(addresses, protocols, connections, bytes, true, connectTimeout);
  }
}
