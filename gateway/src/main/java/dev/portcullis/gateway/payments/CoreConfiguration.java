package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.admin.OnlyAccount;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Strangers;
import dev.portcullis.gateway.journal.GroupCommitJournal;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.ledger.FeeSchedule;
import dev.portcullis.gateway.ledger.FeeSchedules;
import dev.portcullis.gateway.mandates.Mandates;
import dev.portcullis.gateway.paymentmethods.CardBins;
import dev.portcullis.gateway.paymentmethods.CardCheck;
import dev.portcullis.gateway.paymentmethods.CardVault;
import dev.portcullis.gateway.paymentmethods.PaymentMethods;
import dev.portcullis.gateway.provider.ProviderAccounts;
import dev.portcullis.gateway.provider.VaultClient;
import dev.portcullis.gateway.provider.VaultLink;
import dev.portcullis.gateway.routing.RetryStore;
import dev.portcullis.gateway.routing.Routing;
import dev.portcullis.gateway.sealing.SealedTables;
import dev.portcullis.gateway.store.Purge;
import dev.portcullis.kit.Ids;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.config.ZoneConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires the payment core. */
@Configuration(proxyBeanMethods = false)
class CoreConfiguration {

  @Bean
  SealedTables paymentTables() {
    return () ->
        List.of(
            Tables.PAYMENT_INTENTS,
            Tables.SETUP_INTENTS,
            Tables.CHARGES,
            Tables.REFUNDS,
            Tables.DISPUTES,
            Tables.OPERATIONS);
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  VaultLink vaultLink(ZoneConfig config) {
    return VaultLink.configured(config);
  }

  @Bean
  @ConditionalOnMissingBean(CardVault.class)
  VaultClient vaultClient(VaultLink link) {
    return new VaultClient(link);
  }

  @Bean
  ProviderGate providerGate(VaultLink link, ZoneConfig config, PaymentsPause pause) {
    return new ProviderGate(link, config.duration("provider.sandbox.forward-timeout"), pause);
  }

  @Bean
  ProviderAccounts providerAccounts(
      Database database,
      TransactionTemplate transactions,
      AuditTrail audit,
      InstantSource clock,
      ZoneConfig config) {
    String prefix = "provider.sandbox.";
    return new ProviderAccounts(
        database,
        transactions,
        audit,
        clock,
        config.bool("sandbox"),
        new FeeSchedule(
            config.integer(prefix + "fee-basis-points"),
            config.integer(prefix + "fee-fixed"),
            config.integer(prefix + "fee-dispute"),
            config.integer(prefix + "available-after-days")));
  }

  @Bean
  Ways ways(
      ProviderAccounts accounts,
      Routing routing,
      CardBins bins,
      ReturnUrls returnUrls,
      Ids ids,
      InstantSource clock) {
    return new Ways(accounts, routing, bins, returnUrls, ids, clock);
  }

  @Bean
  ClientSecrets clientSecrets(ZoneConfig config) {
    return new ClientSecrets(
        Base64.getDecoder()
            .decode(config.secret("client-secret-key").reveal(SecretAccess.insecureGrant())));
  }

  @Bean
  CardCheck cardCheck(
      ProviderGate gate,
      Ways ways,
      Screening screening,
      ReturnUrls returnUrls,
      Commits commits,
      Ids ids,
      InstantSource clock) {
    return new ProviderCardCheck(gate, ways, screening, returnUrls, commits, ids, clock);
  }

  @Bean
  ReturnUrls returnUrls(ZoneConfig config, ClientSecrets clientSecrets) {
    return new ReturnUrls(URI.create(config.string("public-url")), clientSecrets);
  }

  @Bean
  Views views(ClientSecrets clientSecrets, InstantSource clock) {
    return new Views(clientSecrets, clock);
  }

  @Bean
  EntityResource paymentIntentResource(Views views) {
    return EntityResource.paymentIntents(views);
  }

  @Bean
  EntityResource setupIntentResource(Views views) {
    return EntityResource.setupIntents(views);
  }

  @Bean
  EntityResource chargeResource(Views views) {
    return EntityResource.charges(views);
  }

  @Bean
  EntityResource refundResource(Views views) {
    return EntityResource.refunds(views);
  }

  @Bean
  EntityResource disputeResource(Views views) {
    return EntityResource.disputes(views);
  }

  @Bean
  DisputeIntake disputeIntake(
      Journal journal, PaymentStore store, FeeSchedules fees, Ids ids, InstantSource clock) {
    return new DisputeIntake(journal, store, fees, ids, clock);
  }

  @Bean
  Settlement settlement(
      Journal journal,
      PaymentStore store,
      PaymentMethods paymentMethods,
      ProviderGate gate,
      FeeSchedules fees,
      Views views,
      Ids ids,
      InstantSource clock) {
    return new Settlement(journal, store, paymentMethods, gate, fees, views, ids, clock);
  }

  @Bean
  Submitter submitter(
      PaymentStore store,
      ProviderGate gate,
      Settlement settlement,
      Screening screening,
      Ways ways,
      InstantSource clock) {
    return new Submitter(store, gate, settlement, screening, ways, clock);
  }

  @Bean(destroyMethod = "close")
  Resolver resolver(
      PaymentStore store,
      ProviderGate gate,
      Settlement settlement,
      Submitter submitter,
      InstantSource clock) {
    return new Resolver(store, gate, settlement, submitter, clock);
  }

  @Bean
  OperationRoutes operationRoutes(
      PaymentStore store, Resolver resolver, OnlyAccount accounts, AuditTrail audit) {
    return new OperationRoutes(store, resolver, accounts, audit);
  }

  @Bean
  OutcomeIntake outcomeIntake(PaymentStore store, Resolver resolver) {
    return new OutcomeIntake(store, resolver);
  }

  @Bean
  PaymentProcessor paymentProcessor(
      Commits commits,
      ProviderGate gate,
      Ways ways,
      Submitter submitter,
      Views views,
      Ids ids,
      InstantSource clock) {
    return new PaymentProcessor(commits, gate, ways, submitter, views, ids, clock);
  }

  @Bean
  Retries retries(
      ProviderGate gate,
      PaymentsPause pause,
      PaymentStore store,
      PaymentMethods paymentMethods,
      Mandates mandates,
      Ways ways,
      Retries.Attempts attempts) {
    return new Retries(gate, pause, store, paymentMethods, mandates, ways, attempts);
  }

  @Bean
  Retries.Attempts retriedAttempts(Screening screening, ReturnUrls returnUrls, Ids ids) {
    return new Retries.Attempts(screening, returnUrls, ids);
  }

  @Bean(destroyMethod = "close")
  Retrier retrier(
      RetryStore plans,
      PaymentStore store,
      Retries retries,
      PaymentProcessor processor,
      Commits commits,
      Ids ids,
      InstantSource clock) {
    return new Retrier(plans, store, retries, processor, commits, ids, clock);
  }

  @Bean
  RedirectEndpoint redirectEndpoint(
      PaymentStore store,
      Resolver resolver,
      ClientSecrets clientSecrets,
      Strangers strangers,
      InstantSource clock) {
    return new RedirectEndpoint(store, resolver, clientSecrets, strangers, clock);
  }

  @Bean
  FramedReturn framedReturn(Strangers strangers) {
    return new FramedReturn(strangers);
  }

  @Bean(destroyMethod = "close")
  Purge purge(Database database) {
    return new Purge(database);
  }

  /** The resolver begins when all is wired, and its state can be seen. */
  @Bean
  SmartInitializingSingleton coreStart(
      Resolver resolver,
      Retrier retrier,
      PaymentStore store,
      GroupCommitJournal journal,
      Purge purge,
      MeterRegistry meters,
      InstantSource clock) {
    return () -> {
      new OpenOperations(store, clock).register(meters);
      Gauge.builder("portcullis.journal.waiting", journal, GroupCommitJournal::waiting)
          .description("Changes that wait for a commit")
          .register(meters);
      Gauge.builder("portcullis.journal.commits", journal, GroupCommitJournal::commits)
          .register(meters);
      Gauge.builder("portcullis.journal.changes", journal, GroupCommitJournal::changes)
          .register(meters);
      resolver.start();
      retrier.start();
      purge.start();
    };
  }
}
