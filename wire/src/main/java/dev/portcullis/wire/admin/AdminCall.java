package dev.portcullis.wire.admin;

import org.jspecify.annotations.Nullable;

/**
 * A request as a zone's HTTP server has it.
 *
 * @param id the request's own id
 * @param method the HTTP method
 * @param path the path as it stands in the request's line
 * @param query the query, or null
 * @param authorization the header, or null
 * @param address from where
 * @param body the whole body, whose length the server has bounded
 */
public record AdminCall(
    String id,
    String method,
    String path,
    @Nullable String query,
    @Nullable String authorization,
    String address,
    byte[] body) {

  /** The most that a body may have. */
  public static final int MAX_BODY = 256 << 10;
}
