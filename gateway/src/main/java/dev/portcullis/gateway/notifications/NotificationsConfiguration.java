package dev.portcullis.gateway.notifications;

import dev.portcullis.gateway.admin.OnlyAccount;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.disputes.FeedStore;
import dev.portcullis.gateway.http.Strangers;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.payments.DisputeIntake;
import dev.portcullis.gateway.payments.OutcomeIntake;
import dev.portcullis.gateway.payments.ProviderGate;
import dev.portcullis.gateway.provider.ProviderAccounts;
import dev.portcullis.gateway.provider.VaultLink;
import dev.portcullis.gateway.sealing.PersonalData;
import dev.portcullis.gateway.sealing.SealedTables;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.config.ZoneConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires what providers tell by themselves. */
@Configuration(proxyBeanMethods = false)
class NotificationsConfiguration {

  @Bean
  SealedTables notificationTables() {
    return () -> List.of(NotificationStore.TABLE);
  }

  @Bean
  NotificationStore notificationStore(
      Journal journal, Database database, PersonalData personal, InstantSource clock) {
    return new NotificationStore(journal, database, personal, clock);
  }

  @Bean
  NotificationEndpoint notificationEndpoint(
      Strangers strangers,
      ProviderAccounts accounts,
      VaultLink link,
      NotificationStore store,
      MeterRegistry meters,
      Ids ids,
      InstantSource clock) {
    return new NotificationEndpoint(
        strangers, accounts, new Verifier(link), store, new Receipts(meters, clock), ids);
  }

  @Bean(destroyMethod = "close")
  NotificationWorker notificationWorker(
      NotificationStore store,
      OutcomeIntake intake,
      DisputeIntake disputes,
      FeedStore feeds,
      ProviderAccounts accounts,
      ProviderGate gate,
      InstantSource clock) {
    return new NotificationWorker(store, intake, disputes, feeds, accounts, gate, clock);
  }

  @Bean
  LeftNotificationRoutes leftNotificationRoutes(
      NotificationStore store,
      OnlyAccount accounts,
      AuditTrail audit,
      TransactionTemplate transactions) {
    return new LeftNotificationRoutes(store, accounts, audit, transactions);
  }

  @Bean(destroyMethod = "close")
  RegistrationWatch registrationWatch(Database database, VaultLink link, ZoneConfig config) {
    return new RegistrationWatch(database, link, config.string("public-url").replaceAll("/$", ""));
  }

  @Bean
  SmartInitializingSingleton notificationsStart(
      NotificationWorker worker,
      RegistrationWatch watch,
      NotificationStore store,
      MeterRegistry meters) {
    return () -> {
      Gauge.builder("portcullis.notifications.waiting", store, NotificationStore::waiting)
          .description("Notifications of providers that are still worked on")
          .register(meters);
      Gauge.builder("portcullis.notifications.left", store, NotificationStore::left)
          .description("Notifications of providers that are left to a person")
          .register(meters);
      Gauge.builder("portcullis.notifications.unregistered", watch, RegistrationWatch::unregistered)
          .description("Provider accounts that do not send their notifications here")
          .register(meters);
      worker.start();
      watch.start();
    };
  }
}
