package dev.portcullis.cli.webhooks;

import dev.portcullis.cli.webhooks.Attacks.Attack;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An attack that is ready to be sent.
 *
 * @param headers in their order; a name may come twice
 */
record AttackRequest(List<Map.Entry<String, String>> headers, byte[] body) {

  AttackRequest {
    headers = List.copyOf(headers);
  }

  /**
   * Makes it.
   *
   * @param secret the receiver's
   * @param set variables of the scheme that the receiver needs to be other ones; what the attack
   *     itself changes stays changed
   */
  static AttackRequest of(Attack attack, String secret, Map<String, String> set, Instant now) {
    Map<String, Object> variables = new LinkedHashMap<>(attack.usual());
    variables.putAll(set);
    variables.putAll(attack.let());
    Map<String, byte[]> given = Map.of("secret", secret.getBytes(StandardCharsets.UTF_8));
    Recipe recipe = new Recipe(variables, given, now);
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    attack
        .headers()
        .forEach(header -> headers.add(Map.entry(header.getKey(), recipe.text(header.getValue()))));
    return new AttackRequest(headers, recipe.bytes("${sent}"));
  }
}
