package dev.portcullis.wire.egress;

import java.net.URI;
import java.util.Map;

/**
 * A call to make.
 *
 * @param method GET, POST, PUT, PATCH or DELETE
 * @param uri absolute, http or https
 * @param headers by name
 * @param body the bytes to send, empty for none; the content type stands among the headers
 */
public record EgressRequest(String method, URI uri, Map<String, String> headers, byte[] body) {
  public EgressRequest {
    headers = Map.copyOf(headers);
  }

  /** A call without a body. */
  public static EgressRequest get(URI uri, Map<String, String> headers) {
    return new EgressRequest("GET", uri, headers, new byte[0]);
  }

  /** Neither headers nor body: they may hold a credential or a card. */
  @Override
  public String toString() {
    return "EgressRequest[" + method + " " + uri.getHost() + "]";
  }
}
