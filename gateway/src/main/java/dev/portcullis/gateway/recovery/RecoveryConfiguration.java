package dev.portcullis.gateway.recovery;

import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.payments.PaymentsPause;
import dev.portcullis.gateway.payments.ProviderGate;
import dev.portcullis.gateway.provider.ProviderAccounts;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires what follows a restore. */
@Configuration(proxyBeanMethods = false)
class RecoveryConfiguration {

  @Bean(destroyMethod = "close")
  Reconciler reconciler(
      RecoveryStore store,
      ProviderGate gate,
      ProviderAccounts providers,
      PaymentsPause pause,
      AuditTrail audit,
      InstantSource clock) {
    return new Reconciler(store, gate, pause, audit, providers, clock);
  }

  @Bean
  SmartInitializingSingleton recoveryStart(
      Reconciler reconciler, PaymentsPause pause, MeterRegistry meters) {
    return () -> {
      Gauge.builder("portcullis.payments.paused", pause, each -> each.isOn() ? 1 : 0)
          .description("1 while a restored system waits to be reconciled")
          .register(meters);
      reconciler.start();
    };
  }
}
