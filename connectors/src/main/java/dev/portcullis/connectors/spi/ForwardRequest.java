package dev.portcullis.connectors.spi;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the vault is asked to send. The vault's own policy knows the host, the path, the method and
 * the credential; this names the policy's entry and gives the values that vary.
 *
 * @param operation the name in the forward policy, {@code provider.verb}
 * @param path values of the policy path's variables, empty when it has none
 * @param body the JSON body with slots for the card, in a fixed order; null when there is none.
 *     Whatever people typed goes in as a {@link #literal}
 */
public record ForwardRequest(
    String operation, Map<String, String> path, @Nullable Map<String, Object> body) {

  private static final String SLOT = "{{";
  private static final String LITERAL = "{{literal}}";

  /**
   * A text that the vault sends as it is. What looks like a slot in it is text and never filled in;
   * without this the vault refuses the whole request.
   */
  public static String literal(String text) {
    return text.contains(SLOT) ? LITERAL + text : text;
  }

  /** Takes copies that keep the order, which a byte-identical resend depends on. */
  public ForwardRequest {
    path = Collections.unmodifiableMap(new LinkedHashMap<>(path));
    if (body != null) {
      body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
    }
  }
}
