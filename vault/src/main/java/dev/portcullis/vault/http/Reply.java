package dev.portcullis.vault.http;

import java.util.Map;

/**
 * What goes back: status, headers, body.
 *
 * @param status the HTTP status
 * @param headers by name
 * @param body the bytes
 */
record Reply(int status, Map<String, String> headers, byte[] body) {
  Reply {
    headers = Map.copyOf(headers);
  }
}
