package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.events.EventRenderer;
import dev.portcullis.gateway.heartbeat.Heartbeats;
import dev.portcullis.gateway.journal.GroupCommitJournal;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.versions.DefaultVersions;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.egress.Names;
import dev.portcullis.wire.tls.TlsContexts;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires the delivery of webhooks. */
@Configuration(proxyBeanMethods = false)
class WebhooksConfiguration {

  /** Before that, sending has stood still for long. */
  private static final Duration LATE = Duration.ofMinutes(1);

  @Bean
  DeliveryStore deliveryStore(Database database) {
    return new DeliveryStore(database);
  }

  @Bean
  Lanes webhookLanes(ZoneConfig config, InstantSource clock) {
    return new Lanes(
        config.integer("webhooks.at-once"),
        config.integer("webhooks.at-once-in-all"),
        config.integer("webhooks.rate"),
        clock);
  }

  @Bean(destroyMethod = "close")
  Receivers webhookReceivers(ZoneConfig config, ObjectProvider<Names> names) {
    return new Receivers(
        TlsContexts.client(null, null),
        config.integer("webhooks.at-once-in-all"),
        names.getIfAvailable(() -> Names.SYSTEM),
        config.bool("sandbox"));
  }

  @Bean
  OutcomeWriter outcomeWriter(
      Database database,
      TransactionTemplate transactions,
      AnswerSeal answers,
      Lanes lanes,
      EndpointDisabling disabling,
      InstantSource clock,
      SecureRandom random) {
    return new OutcomeWriter(
        new OutcomeStore(database, transactions, answers), lanes, disabling, clock, random);
  }

  @Bean
  Dispatcher webhookDispatcher(
      DeliveryStore store,
      Lanes lanes,
      Sender sender,
      EventRenderer renderer,
      DefaultVersions versions,
      InstantSource clock,
      ZoneConfig config) {
    return new Dispatcher(
        store, lanes, sender, renderer, versions, clock, config.duration("webhooks.timeout"));
  }

  @Bean
  Sender webhookSender(
      Receivers receivers,
      EndpointKeys keys,
      Journal journal,
      InstantSource clock,
      ZoneConfig config) {
    return new Sender(
        receivers,
        new MissingKeys(keys, journal),
        keys,
        clock,
        config.duration("webhooks.timeout"));
  }

  @Bean
  WebhookMetrics webhookMetrics(
      MeterRegistry meters, DeliveryStore store, Lanes lanes, InstantSource clock) {
    return new WebhookMetrics(meters, store, lanes, clock);
  }

  @Bean
  WebhookWorker webhookWorker(
      Dispatcher dispatcher,
      Resends resends,
      OutcomeWriter writer,
      Lanes lanes,
      WebhookMetrics metrics,
      Heartbeats heartbeats,
      InstantSource clock) {
    return new WebhookWorker(
        dispatcher, resends, writer, lanes, metrics, heartbeats.of("webhooks", LATE), clock);
  }

  @Bean
  Resends resends(Database database, TransactionTemplate transactions) {
    return new Resends(database, transactions);
  }

  @Bean
  SmartInitializingSingleton webhooksListen(GroupCommitJournal journal, WebhookWorker worker) {
    return () -> journal.whenOutboxFilled(worker::wake);
  }
}
