package dev.portcullis.gateway.risk;

import dev.portcullis.gateway.heartbeat.Heartbeats;
import dev.portcullis.gateway.sealing.SealedTables;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires the guard against card testing. */
@Configuration(proxyBeanMethods = false)
class RiskConfiguration {

  @Bean
  SealedTables riskTables() {
    return () -> List.of(Alerts.TABLE);
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  Guard guard(
      WatchStore store,
      TransactionTemplate transactions,
      ValueLists lists,
      Alerts alerts,
      MeterRegistry meters,
      Heartbeats heartbeats,
      InstantSource clock) {
    return new Guard(
        new Observer(store, transactions, clock), store, lists, alerts, meters, heartbeats, clock);
  }
}
