package dev.portcullis.gateway.disputes;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.gateway.disputes.FeedStore.Source;
import dev.portcullis.gateway.payments.DisputeIntake;
import dev.portcullis.gateway.payments.ProviderGate;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.wire.config.ZoneConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
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
    return new DisputePuller(new Source.Sandbox(), pause, store, aside, gate, intake, clock);
  }

  @Bean(destroyMethod = "close")
  DisputePuller connectedDisputes(
      FeedStore store,
      NoticesAside aside,
      ProviderGate gate,
      DisputeIntake intake,
      InstantSource clock,
      ZoneConfig config) {
    List<String> connectors =
        Connectors.all().stream()
            .filter(DisputeFeed.class::isInstance)
            .map(connector -> connector.manifest().name())
            .filter(name -> !name.equals(Provider.SANDBOX.connector()))
            .toList();
    Duration pause = config.duration("provider.dispute-pause");
    return new DisputePuller(
        new Source.Connected(connectors), pause, store, aside, gate, intake, clock);
  }

  @Bean
  SmartInitializingSingleton disputesStart(
      DisputePuller sandboxDisputes,
      DisputePuller connectedDisputes,
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
        // Elsewhere the vault would refuse each look.
        sandboxDisputes.start();
      }
      connectedDisputes.start();
    };
  }
}
