package dev.portcullis.wire.egress;

import java.time.Instant;

/** How the last TLS connection to a host came out. */
public sealed interface TlsSeen {

  /**
   * It was made: the certificate is of an authority that is trusted, valid, for this host, and has
   * a pinned key where keys are pinned. Nothing else is made.
   *
   * @param protocol such as {@code TLSv1.3}
   * @param cipher the suite by its standard name
   * @param certificateEnds when the host's certificate ends
   * @param agreedAt when the session was agreed that the connection uses
   */
  record Verified(String protocol, String cipher, Instant certificateEnds, Instant agreedAt)
      implements TlsSeen {}

  /**
   * It was not, and nothing was sent.
   *
   * @param reason the kind of failure, as of a call that was not sent
   */
  record Failed(String reason) implements TlsSeen {}
}
