package dev.portcullis.vault.http;

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
   * The whole body.
   *
   * @throws dev.portcullis.wire.error.ApiException 413 if it is longer than the listener allows
   */
  byte[] body();
}
