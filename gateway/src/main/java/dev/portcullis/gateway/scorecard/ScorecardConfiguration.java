package dev.portcullis.gateway.scorecard;

import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.portcullis.gateway.work.Caches;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the scorecard. */
@Configuration(proxyBeanMethods = false)
class ScorecardConfiguration {

  private static final Duration KNOWN_FOR = Duration.ofMinutes(1);

  /** Whoever watches is reminded in time, as of certificates. */
  @Bean
  SmartInitializingSingleton attestationMetrics(
      ScorecardStore store, InstantSource clock, MeterRegistry meters) {
    LoadingCache<Boolean, Double> days =
        Caches.bounded()
            .expireAfterWrite(KNOWN_FOR)
            .build(
                _ -> {
                  LocalDate end = store.firstEnd();
                  return end == null
                      ? Double.NaN
                      : ChronoUnit.DAYS.between(
                          LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC), end);
                });
    return () ->
        Gauge.builder("portcullis.provider.attestation.days.left", days, each -> each.get(true))
            .description("Until the first of the providers' attestations of compliance ends")
            .register(meters);
  }
}
