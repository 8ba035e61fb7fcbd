package dev.portcullis.wire.egress;

import java.time.Duration;
import java.util.List;

/**
 * The bounds of an {@link EgressClient}.
 *
 * @param addresses where calls may go
 * @param protocols the TLS versions to speak
 * @param maxConnections at most that many at once, to one host and in all
 * @param maxHeadBytes an answer whose status line and headers are longer is none
 * @param maxResponseBytes a longer answer is no answer, or is cut off
 * @param cutsLong whether a longer answer is cut off, and the connection with it: its status counts
 * @param connectTimeout how long a connection, TLS included, may take to make
 */
public record EgressOptions(
    AddressPolicy addresses,
    List<String> protocols,
    int maxConnections,
    int maxHeadBytes,
    int maxResponseBytes,
    boolean cutsLong,
    Duration connectTimeout) {

  private static final int HEAD_BYTES = 64 << 10;

  public EgressOptions {
    protocols = List.copyOf(protocols);
  }

  /** The same, with an answer that is too long being none, and heads of 64 KiB. */
  public EgressOptions(
      AddressPolicy addresses,
      List<String> protocols,
      int maxConnections,
      int maxResponseBytes,
      Duration connectTimeout) {
    this(addresses, protocols, maxConnections, HEAD_BYTES, maxResponseBytes, false, connectTimeout);
  }

  /** TLS 1.2 and 1.3, 128 connections, answers of 1 MiB, 5 seconds to connect. */
  public static EgressOptions to(AddressPolicy addresses) {
    return new EgressOptions(
        addresses, List.of("TLSv1.3", "TLSv1.2"), 128, 1 << 20, Duration.ofSeconds(5));
  }

  /** The same with TLS 1.3 alone: between zones. */
  public EgressOptions onlyTls13() {
    return new EgressOptions(
        addresses,
        List.of("TLSv1.3"),
        maxConnections,
        maxHeadBytes,
        maxResponseBytes,
        cutsLong,
        connectTimeout);
  }

  /** The same to other addresses. */
  public EgressOptions towards(AddressPolicy others) {
    return new EgressOptions(
        others,
        protocols,
        maxConnections,
        maxHeadBytes,
        maxResponseBytes,
        cutsLong,
        connectTimeout);
  }

  /**
   * The same with that many connections at once, heads of so many bytes, and answers cut off after
   * so many.
   */
  public EgressOptions cuttingOff(int connections, int headBytes, int bytes) {
    return new EgressOptions(
        addresses, protocols, connections, headBytes, bytes, true, connectTimeout);
  }
}
