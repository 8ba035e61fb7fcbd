package dev.portcullis.gateway.routing;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.gateway.work.Caches;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The circuits of this process: one for each provider account and region that payments go to. Each
 * gateway sees by its own calls; what the others see comes out the same soon enough.
 */
final class Circuits {

  private static final int MOST = 20_000;
  private static final Duration KEPT = Duration.ofHours(1);

  private record Key(Tenant tenant, String provider, Region region) {}

  private final Cache<Key, Circuit> circuits =
      Caches.bounded().maximumSize(MOST).expireAfterAccess(KEPT).build();
  private final InstantSource clock;

  Circuits(InstantSource clock) {
    this.clock = clock;
  }

  /** How those provider accounts stand there. */
  Health health(Tenant tenant, Collection<String> providers, Region region) {
    return new Health(
        providers.stream()
            .filter(
                provider -> {
                  Circuit circuit = circuits.getIfPresent(new Key(tenant, provider, region));
                  return circuit != null && circuit.isDown();
                })
            .collect(Collectors.toUnmodifiableSet()));
  }

  Circuit.Call begin(Tenant tenant, String provider, Region region) {
    return circuits
        .get(
            new Key(tenant, provider, region),
            key ->
                new Circuit(
                    provider + " of " + tenant.account() + ", " + region.wire() + " cards", clock))
        .begin();
  }

  /** What of an account is not well, as {@code provider region}. */
  Set<String> open(Tenant tenant) {
    Set<String> open = new TreeSet<>();
    circuits
        .asMap()
        .forEach(
            (key, circuit) -> {
              if (key.tenant.equals(tenant) && circuit.isOpen()) {
                open.add(key.provider + " " + key.region.wire());
              }
            });
    return open;
  }

  /** How many are not well. */
  long open() {
    return circuits.asMap().values().stream().filter(Circuit::isOpen).count();
  }
}
