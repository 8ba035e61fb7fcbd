package dev.portcullis.bench;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The running system, as its status tells.
 *
 * @param ca the authority of its certificates
 * @param pids the processes by name
 */
record Target(
    URI api, URI cards, Path ca, String secretKey, String publishableKey, Map<String, Long> pids) {

  static Target of(Map<String, @Nullable Object> status) {
    Map<String, Long> pids = new LinkedHashMap<>();
    if (status.get("pids") instanceof Map<?, ?> named) {
      named.forEach(
          (name, pid) -> {
            if (pid instanceof Long number) {
              pids.put((String) name, number);
            }
          });
    }
    return new Target(
        URI.create(text(status, "api")),
        URI.create(text(status, "cards")),
        Path.of(text(status, "ca")),
        text(status, "secret_key"),
        text(status, "publishable_key"),
        pids);
  }

  private static String text(Map<String, @Nullable Object> status, String name) {
    if (status.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("the status has no " + name);
  }

  /** Never the keys. */
  @Override
  public String toString() {
    return "Target[" + api + "]";
  }
}
