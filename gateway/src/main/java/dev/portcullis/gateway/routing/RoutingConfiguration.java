package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.sealing.SealedTables;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires routing. */
@Configuration(proxyBeanMethods = false)
class RoutingConfiguration {

  @Bean
  SealedTables routingTables() {
    return () -> List.of(Decision.TABLE);
  }

  @Bean
  Circuits circuits(InstantSource clock, MeterRegistry meters) {
    Circuits circuits = new Circuits(clock);
    Gauge.builder("portcullis.routing.circuits.open", circuits, Circuits::open)
        .description(
            "Provider accounts out of the route, as not answering or not connected, by region")
        .register(meters);
    return circuits;
  }

  @Bean
  Routing routing(
      ActiveRules active,
      ObservedRates observed,
      Circuits circuits,
      CallLog log,
      DecisionStore decisions,
      CardHistory history,
      RetryStore plans) {
    return new Routing(active, observed, circuits, log, decisions, history, plans);
  }

  @Bean
  RetryFigures retryFigures(RetryStore plans, InstantSource clock, MeterRegistry meters) {
    RetryFigures figures = new RetryFigures(plans, clock);
    Gauge.builder("portcullis.retries.planned", figures, RetryFigures::planned)
        .description("Declined charges that are going to be tried again")
        .register(meters);
    Gauge.builder("portcullis.retries.overdue", figures, RetryFigures::overdue)
        .description("Of these, those that should have been by now")
        .register(meters);
    return figures;
  }
}
