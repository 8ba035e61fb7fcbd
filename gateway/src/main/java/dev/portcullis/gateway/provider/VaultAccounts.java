package dev.portcullis.gateway.provider;

import dev.portcullis.gateway.provider.VaultLink.Said;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Which provider accounts the vault can speak to: those that it has a forward policy for. */
@Component
public final class VaultAccounts {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final VaultLink vault;

  VaultAccounts(VaultLink vault) {
    this.vault = vault;
  }

  /** What the vault says of each of an account's, by name; empty where it cannot be asked now. */
  public Optional<Map<String, Map<?, ?>>> of(String account, boolean livemode) {
    Map<String, @Nullable Object> ask = new LinkedHashMap<>();
    ask.put("account", account);
    ask.put("livemode", livemode);
    return vault.call("/internal/v1/providers", ask, PATIENCE) instanceof Said.Answer answer
            && answer.status() == 200
            && answer.body().get("data") instanceof List<?> list
        ? Optional.of(byName(list))
        : Optional.empty();
  }

  private static Map<String, Map<?, ?>> byName(List<?> list) {
    Map<String, Map<?, ?>> found = new HashMap<>();
    for (Object each : list) {
      if (each instanceof Map<?, ?> account && account.get("name") instanceof String name) {
        found.put(name, account);
      }
    }
    return found;
  }
}
