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
   * @param set variables that the receiver needs to be other ones
   */
  static AttackRequest of(Attack attack, String secret, Map<String, String> set, Instant now) {
    Map<String, byte[]> given = new LinkedHashMap<>();
    set.forEach((name, value) -> given.put(name, value.getBytes(StandardCharsets.UTF_8)));
    given.put("secret", secret.getBytes(StandardCharsets.UTF_8));
    Recipe recipe = new Recipe(attack.let(), given, now);
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    attack
        .headers()
        .forEach(header -> headers.add(Map.entry(header.getKey(), recipe.text(header.getValue()))));
    return new AttackRequest(headers, recipe.bytes("${sent}"));
  }
}
