package dev.portcullis.vault.http;

import dev.portcullis.wire.http.HeldCall;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request as the routes see it, whatever server it came through. */
interface Exchange {

  /** The HTTP method. */
  String method();

  /** The path without its query. */
  String path();

  /** The query as it was sent, or null. */
  @Nullable String query();

  /** A header's value, or null. */
  @Nullable String header(String name);

  /** All values of a header, in the order of the request. */
  List<String> headers(String name);

  /** The other end of the socket. */
  InetAddress peer();

  /** The request's own id, for the answer and the log. */
  String requestId();

  /**
   * The whole body; of a held call without its last byte.
   *
   * @throws dev.portcullis.wire.error.ApiException 413 if it is longer than the listener allows
   */
  byte[] body();

  /**
   * Waits for the last byte of a held call's body ({@link HeldCall}), for as long as a body may
   * take to come; not at all where the call is not held, or has been waited for.
   *
   * @return whether the client lets the call go on; if not, or if it has gone away, nothing may be
   *     done
   */
  boolean isReleased();
}
