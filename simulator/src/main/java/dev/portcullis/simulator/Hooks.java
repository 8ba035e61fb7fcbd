package dev.portcullis.simulator;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The places that a provider was told by its own API to send notifications to; it sends to the last
 * one. They are forgotten when the simulator stops.
 */
public final class Hooks {
  private static final int MOST = 256;

  /** One of them. */
  public record Hook(String id, URI url) {}

  private final Map<String, Hook> hooks = new LinkedHashMap<>();
  private Consumer<@Nullable NotificationPlan> sends = _ -> {};

  /** Who sends from now on as it is told, or not at all when it is told null. */
  synchronized void listen(Consumer<@Nullable NotificationPlan> notifier) {
    sends = notifier;
  }

  /**
   * Takes a place.
   *
   * @param url on this machine
   * @param secret what is signed with, or null where that is not known here: then it is not sent
   * @throws Refused naming {@code url} if it is none, or if there are too many
   */
  public synchronized Hook add(String id, @Nullable String url, @Nullable String secret) {
    byte[] key = secret == null ? new byte[0] : secret.getBytes(StandardCharsets.UTF_8);
    NotificationPlan plan = NotificationPlan.always(url == null ? "" : url, key);
    if (hooks.size() >= MOST) {
      throw Refused.invalid("url", "There are too many.");
    }
    Hook hook = new Hook(id, plan.url());
    hooks.put(id, hook);
    if (secret != null) {
      sends.accept(plan);
    }
    return hook;
  }

  /** That one, or null. */
  public synchronized @Nullable Hook find(String id) {
    return hooks.get(id);
  }

  /** All of them. */
  public synchronized List<Hook> all() {
    return List.copyOf(hooks.values());
  }

  /**
   * Sends to none there any more.
   *
   * @return whether there was such a place
   */
  public synchronized boolean remove(String id) {
    boolean there = hooks.remove(id) != null;
    if (hooks.isEmpty()) {
      sends.accept(null);
    }
    return there;
  }
}
