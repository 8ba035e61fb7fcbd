package dev.portcullis.gateway.reconciliation;

import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.portcullis.gateway.work.Caches;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires reconciliation. */
@Configuration(proxyBeanMethods = false)
class ReconciliationConfiguration {

  /** However often somebody reads the metrics, the database is asked so seldom. */
  private static final Duration COUNTED_FOR = Duration.ofSeconds(30);

  @Bean
  SmartInitializingSingleton reconciliationMetrics(
      ReconciliationStore store, MeterRegistry meters) {
    LoadingCache<Boolean, Long> counted =
        Caches.bounded().expireAfterWrite(COUNTED_FOR).build(_ -> store.open());
    return () ->
        Gauge.builder("portcullis.reconciliation.items.open", counted, c -> c.get(true))
            .description("Differences from providers' reports that nobody has settled")
            .register(meters);
  }
}
