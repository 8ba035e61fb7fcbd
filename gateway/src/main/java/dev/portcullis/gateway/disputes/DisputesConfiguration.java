package dev.portcullis.gateway.disputes;

import dev.portcullis.gateway.payments.DisputeIntake;
import dev.portcullis.gateway.payments.ProviderGate;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.wire.config.ZoneConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the reading of disputes. */
@Configuration(proxyBeanMethods = false)
class DisputesConfiguration {

  @Bean(destroyMethod = "close")
  DisputePuller sandboxDisputes(
      FeedStore store,
      NoticesAside aside,
      ProviderGate gate,
      DisputeIntake intake,
      InstantSource clock,
      ZoneConfig config) {
    Duration pause = config.duration("provider.sandbox.dispute-pause");
    return new DisputePuller(
        new DisputePuller.Source(Provider.SANDBOX, false, pause),
        store,
        aside,
        gate,
        intake,
        clock);
  }

  @Bean
  SmartInitializingSingleton disputesStart(
      DisputePuller puller,
      FeedStore store,
      NoticesAside aside,
      MeterRegistry meters,
      ZoneConfig config) {
    return () -> {
      Gauge.builder("portcullis.disputes.waiting", store, FeedStore::waiting)
          .description("Notices of disputes whose charge is not known yet")
          .register(meters);
      Gauge.builder("portcullis.disputes.aside", aside, NoticesAside::count)
          .description("Notices of disputes that are not understood")
          .register(meters);
      if (config.bool("sandbox")) {
        // The one source that there is; elsewhere the vault would refuse each look.
        puller.start();
      }
    };
  }
}
