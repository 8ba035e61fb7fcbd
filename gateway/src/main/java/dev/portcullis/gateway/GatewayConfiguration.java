package dev.portcullis.gateway;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.portcullis.gateway.admin.AdminEndpoint;
import dev.portcullis.gateway.admin.AdminListener;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.checkout.CheckoutEndpoint;
import dev.portcullis.gateway.customers.Customer;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.heartbeat.Heartbeats;
import dev.portcullis.gateway.http.ApiEndpoint;
import dev.portcullis.gateway.http.CardDataGuard;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.GroupCommitJournal;
import dev.portcullis.gateway.journal.IdempotencyUse;
import dev.portcullis.gateway.keys.KeyPusher;
import dev.portcullis.gateway.keys.SandboxKeys;
import dev.portcullis.gateway.mandates.Mandate;
import dev.portcullis.gateway.notifications.NotificationEndpoint;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.gateway.payments.FramedReturn;
import dev.portcullis.gateway.payments.RedirectEndpoint;
import dev.portcullis.gateway.sealing.SealedTables;
import dev.portcullis.gateway.sealing.Sealer;
import dev.portcullis.gateway.sealing.SealingFence;
import dev.portcullis.kit.Ids;
import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.key.ApiKeyHasher;
import dev.portcullis.wire.net.ClientAddress;
import dev.portcullis.wire.people.People;
import dev.portcullis.wire.people.SetupCode;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.support.HandlerFunctionAdapter;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;

/**
 * Wires the gateway. What it needs of Spring is named here one by one: automatic configuration
 * would look at some hundred conditions at each start to end with the same dozen beans.
 */
@Configuration(proxyBeanMethods = false)
@ComponentScan("dev.portcullis.gateway")
class GatewayConfiguration {

  private static final int READ_CONNECTIONS = 16;
  private static final int STATEMENT_SECONDS = 15;
  private static final int DRAIN_MILLIS = 20_000;
  private static final int SEND_BYTES = 32 * 1_024;

  @Bean
  InstantSource clock() {
    return Clock.systemUTC();
  }

  @Bean
  SecureRandom random() {
    return new SecureRandom();
  }

  @Bean
  Ids ids(InstantSource clock, SecureRandom random) {
    return new Ids(clock, random);
  }

  /** Plain connections, for the journal's writers, which keep their own. */
  @Bean
  PGSimpleDataSource plainConnections(ZoneConfig config, Sealer sealer) {
    PGSimpleDataSource database = new SealingSessions(sealer.newest());
    database.setURL(config.string("database.url"));
    database.setUser(config.string("database.user"));
    database.setPassword(config.secret("database.password").reveal(SecretAccess.insecureGrant()));
    database.setConnectTimeout(STATEMENT_SECONDS);
    database.setSocketTimeout(STATEMENT_SECONDS * 2);
    database.setTcpKeepAlive(true);
    database.setPrepareThreshold(2);
    database.setApplicationName("portcullis-gateway");
    // What a payment writes goes out whole: the server would wake for the first 8 KB alone.
    database.setMaxSendBufferSize(SEND_BYTES);
    return database;
  }

  /** Each is known to seal by that key. */
  private static final class SealingSessions extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    private final int key;

    SealingSessions(int key) {
      this.key = key;
    }

    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password)
        throws SQLException {
      Connection session = super.getConnection(user, password);
      try {
        SealingFence.enter(session, key);
        return session;
      } catch (SQLException e) {
        session.close();
        throw e;
      }
    }
  }

  /** Pooled connections, for reading. */
  @Bean
  @Primary
  HikariDataSource database(PGSimpleDataSource plainConnections) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("reads");
    pool.setDataSource(plainConnections);
    pool.setMaximumPoolSize(READ_CONNECTIONS);
    pool.setMinimumIdle(2);
    pool.setConnectionTimeout(5_000);
    pool.setInitializationFailTimeout(10_000);
    // Kept by the server: a timer for each query would cost as much as the query.
    pool.setConnectionInitSql(
        "SET statement_timeout = " + TimeUnit.SECONDS.toMillis(STATEMENT_SECONDS));
    return new HikariDataSource(pool);
  }

  @Bean
  Database rowsOfAccounts(DataSource database) {
    return new Database(database);
  }

  @Bean
  TransactionTemplate transactions(DataSource database) {
    return new TransactionTemplate(new JdbcTransactionManager(database));
  }

  @Bean
  GroupCommitJournal journal(PGSimpleDataSource plainConnections) {
    return new GroupCommitJournal(plainConnections, GroupCommitJournal.Settings.DEFAULT);
  }

  @Bean
  ApiKeyHasher apiKeyHasher(ZoneConfig config) {
    SecretAccess access = SecretAccess.insecureGrant();
    byte[] key = Base64.getDecoder().decode(config.secret("api-key-hash-key").reveal(access));
    return new ApiKeyHasher(Secret.ofBytes(key), access);
  }

  @Bean
  ClientAddress clientAddress(ZoneConfig config) {
    return ClientAddress.configured(config, "api");
  }

  @Bean
  CardDataGuard cardDataGuard(ZoneConfig config) {
    return new CardDataGuard(config.string("cards-url"));
  }

  @Bean
  PrometheusMeterRegistry meters() {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(meters);
    new JvmThreadMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    return meters;
  }

  /** It listens to the JVM's notifications, so it is closed with the context. */
  @Bean
  JvmGcMetrics collectorMetrics(PrometheusMeterRegistry meters) {
    JvmGcMetrics metrics = new JvmGcMetrics();
    metrics.bindTo(meters);
    return metrics;
  }

  @Bean
  Management management(
      ZoneConfig config,
      DataSource database,
      KeyPusher keys,
      PrometheusMeterRegistry meters,
      Drain drain,
      AuditTrail audit,
      Heartbeats heartbeats) {
    return new Management(
        config.integer("management.port"), database, keys, meters, drain, audit, heartbeats);
  }

  @Bean
  TomcatServletWebServerFactory webServer(
      ZoneConfig config,
      Ids ids,
      ObjectProvider<PublicTls> tls,
      AdminListener admin,
      PrometheusMeterRegistry meters,
      Drain drain) {
    TomcatServletWebServerFactory factory =
        PublicListener.factory(config, ids, Optional.ofNullable(tls.getIfAvailable()), meters);
    factory.addAdditionalConnectors(admin.connector());
    factory.addEngineValves(drain.closing());
    return factory;
  }

  @Bean
  Drain drain(ZoneConfig config) {
    return new Drain(config.duration("drain-delay"));
  }

  /** Null where the API speaks plain HTTP, which PublicListener allows on loopback alone. */
  @Bean
  @Nullable PublicTls publicTls(
      ZoneConfig config, InstantSource clock, PrometheusMeterRegistry meters) {
    return config
        .findPath("api.tls.certificate")
        .map(chain -> new PublicTls(chain, config.path("api.tls.key"), clock, meters))
        .orElse(null);
  }

  @Bean
  AdminListener adminListener(ZoneConfig config) {
    return new AdminListener(
        PublicListener.administration(
            config.integer("admin.port"),
            config.path("admin.tls.certificate"),
            config.path("admin.tls.key")));
  }

  @Bean
  ServletRegistrationBean<DispatcherServlet> dispatcher(WebApplicationContext context) {
    ServletRegistrationBean<DispatcherServlet> registration =
        new ServletRegistrationBean<>(dispatcherOf(context), "/");
    registration.setName("api");
    registration.setLoadOnStartup(1);
    return registration;
  }

  /** OPTIONS is answered by the endpoint like any method, and not by the servlet's own list. */
  private static DispatcherServlet dispatcherOf(WebApplicationContext context) {
    DispatcherServlet dispatcher = new DispatcherServlet(context);
    dispatcher.setDispatchOptionsRequest(true);
    return dispatcher;
  }

  @Bean
  RouterFunctionMapping routes(
      AdminEndpoint administration,
      FramedReturn framed,
      RedirectEndpoint redirects,
      CheckoutEndpoint checkout,
      NotificationEndpoint notifications,
      ApiEndpoint endpoint) {
    RouterFunctionMapping mapping =
        new EveryRequest(
            administration
                .and(framed)
                .and(redirects)
                .and(checkout)
                .and(notifications)
                .and(endpoint));
    mapping.setMessageConverters(List.of(new ByteArrayHttpMessageConverter()));
    return mapping;
  }

  @Bean
  HandlerFunctionAdapter handlers() {
    return new HandlerFunctionAdapter();
  }

  /** Preflight requests too: the endpoint knows which routes pages may call. */
  private static final class EveryRequest extends RouterFunctionMapping {
    EveryRequest(RouterFunction<?> routes) {
      super(routes);
    }

    @Override
    protected HandlerExecutionChain getCorsHandlerExecutionChain(
        HttpServletRequest request, HandlerExecutionChain chain, @Nullable CorsConfiguration cors) {
      return chain;
    }
  }

  /** How long a request under way may take after the order to stop. */
  @Bean
  DefaultLifecycleProcessor lifecycleProcessor() {
    DefaultLifecycleProcessor processor = new DefaultLifecycleProcessor();
    processor.setTimeoutPerShutdownPhase(DRAIN_MILLIS);
    return processor;
  }

  @Bean
  SealedTables sealedTables() {
    return () ->
        List.of(
            Customer.TABLE, PaymentMethod.TABLE, Mandate.TABLE, Event.TABLE, IdempotencyUse.TABLE);
  }

  /** What must be right before the first request: the schema and the keys. */
  @Bean
  SmartInitializingSingleton preparation(
      ZoneConfig config, Database rows, Ids ids, InstantSource clock, People people) {
    return () -> {
      checkSchema(rows);
      config
          .findPath("admin.setup-code")
          .map(SetupCode::read)
          .ifPresent(code -> people.offerSetup(code.codeHash(), code.expires()));
      if (config.bool("sandbox") && config.has("sandbox.keys")) {
        new SandboxKeys(rows, ids, clock).load(config.path("sandbox.keys"));
      }
    };
  }

  /** The zone never changes the schema; it runs on one that is as new as itself, or newer. */
  private static void checkSchema(Database rows) {
    boolean known =
        rows.shared()
            .sql(
                "SELECT to_regclass('ended_sealing_keys') IS NOT NULL AND"
                    + " to_regclass('api_key_reminders') IS NOT NULL AND"
                    + " to_regclass('page_keys') IS NOT NULL AND"
                    + " to_regclass('provider_notifications') IS NOT NULL AND"
                    + " to_regclass('radar_value_lists') IS NOT NULL AND to_regclass('recoveries')"
                    + " IS NOT NULL AND to_regclass('search.provider_operations') IS NOT NULL AND"
                    + " EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('person') AND"
                    + " attname = 'disabled')")
            .query(Boolean.class)
            .single();
    if (!known) {
      throw new ConfigException(
          "The gateway's database has not the schema that this version needs; migrate it first.");
    }
    boolean bound =
        rows.shared()
            .sql("SELECT row_security_active('payment_intents')")
            .query(Boolean.class)
            .single();
    if (!bound) {
      throw new ConfigException(
          "The role in database.user owns the gateway's tables or is exempt from row-level"
              + " security: name one that may change rows and nothing else.");
    }
  }
}
