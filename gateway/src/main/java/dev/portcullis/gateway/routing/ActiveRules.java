package dev.portcullis.gateway.routing;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The rules that route now, as this process knows them: never older than {@link #STALE}, and in
 * traffic read anew beside it every other second, so that a payment waits for them only after a
 * pause. Without them nothing is routed: a failure to read them is one.
 */
@Component
final class ActiveRules {

  /** How long a gateway may go on with rules that are not active any more. */
  static final Duration STALE = Duration.ofSeconds(5);

  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final int MOST = 10_000;

  /**
   * What routes.
   *
   * @param version 0 where there are no rules
   * @param rules null where there are none
   */
  record Active(int version, @Nullable Rules rules) {
    static final Active NONE = new Active(0, null);
  }

  private final RulesTable table;
  private final LoadingCache<Tenant, Active> cache;

  ActiveRules(RulesTable table) {
    Executor threads = Thread::startVirtualThread;
    this.table = table;
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .refreshAfterWrite(FRESH)
            .expireAfterWrite(STALE)
            .executor(threads)
            .build(this::load);
  }

  Active of(Tenant tenant) {
    return cache.get(tenant);
  }

  /** What was changed in this process holds in it at once. */
  void forget(Tenant tenant) {
    cache.invalidate(tenant);
  }

  private Active load(Tenant tenant) {
    List<RulesTable.Activation> newest = table.activations(tenant, 1);
    if (newest.isEmpty() || newest.getFirst().version() == 0) {
      return Active.NONE;
    }
    int version = newest.getFirst().version();
    RulesTable.Version stored =
        table
            .version(tenant, version)
            .orElseThrow(() -> new IllegalStateException("active rules are not there"));
    return new Active(version, read(stored.document()));
  }

  /** Provider accounts that were there when it was proposed may be gone, which routing says. */
  static Rules read(String document) {
    return RulesReader.read(document, _ -> true);
  }
}
