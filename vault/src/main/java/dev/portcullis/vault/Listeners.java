package dev.portcullis.vault;

import dev.portcullis.vault.audit.AuditReport;
import dev.portcullis.vault.card.CardAliases;
import dev.portcullis.vault.card.CardIntake;
import dev.portcullis.vault.card.CardMatches;
import dev.portcullis.vault.card.CardStore;
import dev.portcullis.vault.card.Cards;
import dev.portcullis.vault.card.InternalCards;
import dev.portcullis.vault.card.TokenExchange;
import dev.portcullis.vault.custody.Custody;
import dev.portcullis.vault.fields.FieldFiles;
import dev.portcullis.vault.forward.Forwarder;
import dev.portcullis.vault.http.AdminRoutes;
import dev.portcullis.vault.http.CardsOrigin;
import dev.portcullis.vault.http.FieldRoutes;
import dev.portcullis.vault.http.InternalRoutes;
import dev.portcullis.vault.http.Listener;
import dev.portcullis.vault.http.ListenerTls;
import dev.portcullis.vault.http.ManagementRoutes;
import dev.portcullis.vault.http.Metrics;
import dev.portcullis.vault.http.Refusals;
import dev.portcullis.vault.http.RefusedCalls;
import dev.portcullis.vault.http.Servers;
import dev.portcullis.vault.keys.Authenticator;
import dev.portcullis.vault.keys.KeyPush;
import dev.portcullis.vault.limits.AddressLimits;
import dev.portcullis.vault.limits.IntakePlaces;
import dev.portcullis.wire.admin.AdminApi;
import dev.portcullis.wire.net.ConnectionBounds;
import dev.portcullis.wire.tls.TlsContexts;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The vault's four listeners, each with what answers behind it. */
final class Listeners {

  /** Connections from gateways, twice what one of them makes. */
  private static final int GATEWAYS = 256;

  /** How long a gateway's request may take to come. */
  private static final Duration INTERNAL_BODY = Duration.ofSeconds(30);

  private static final String LOOPBACK = "127.0.0.1";
  private static final String FORWARD = "/internal/v1/forward";

  /** Where the vault listens. */
  record Ports(int cards, int internal, int management, int admin) {}

  /** What answers behind them. */
  record Parts(
      Cards cards,
      CardStore store,
      Authenticator authenticator,
      Forwarder forwarder,
      Custody custody,
      Outbound outbound,
      AuditReport audit,
      InstantSource clock) {}

  private final VaultConfig config;
  private final Servers servers;
  private final Metrics metrics;
  private final Pools pools;
  private final Parts parts;

  Listeners(VaultConfig config, Servers servers, Metrics metrics, Pools pools, Parts parts) {
    this.config = config;
    this.servers = servers;
    this.metrics = metrics;
    this.pools = pools;
    this.parts = parts;
  }

  /**
   * Begins to listen; requests are answered when it returns.
   *
   * @param cardsTls of the cards origin, or null for plain HTTP
   * @param administration what people may do
   */
  Ports start(@Nullable ListenerTls cardsTls, AdminApi administration) {
    DataSource database = pools.payments();
    VaultConfig.Cards open = config.cards();
    FieldRoutes fields = new FieldRoutes(new FieldFiles(open.apiUrl()), metrics, parts.clock());
    int internal =
        servers.start(
            new Listener(
                "internal",
                LOOPBACK,
                config.internal().port(),
                internalTls(config.internal()),
                internalRoutes(database, fields),
                ConnectionBounds.onLoopback(GATEWAYS, INTERNAL_BODY)));
    int cards =
        servers.start(
            new Listener(
                "cards",
                open.host(),
                open.port(),
                cardsTls,
                cardsOrigin(open, fields),
                open.bounds()));
    int management =
        servers.start(
            new Listener(
                "management",
                LOOPBACK,
                config.managementPort(),
                null,
                new ManagementRoutes(
                    () -> Schema.trouble(database),
                    parts.custody()::isSealed,
                    metrics,
                    parts.audit())));
    int admin =
        servers.start(
            new Listener(
                "admin",
                LOOPBACK,
                config.admin().port(),
                new ListenerTls(TlsContexts.server(config.admin().identity(), null), null, true),
                new AdminRoutes(administration)));
    return new Ports(cards, internal, management, admin);
  }

  private CardsOrigin cardsOrigin(VaultConfig.Cards open, FieldRoutes fields) {
    CardStore store = new CardStore(pools.intake());
    CardMatches matches = new CardMatches(pools.intake(), new SecureRandom());
    Cards cards = parts.cards().with(matches);
    metrics.gauge(
        "portcullis_vault_intake_waiting",
        () -> store.waiting() + matches.waiting() + pools.intakeWaiting());
    CardIntake intake =
        new CardIntake(
            cards,
            store,
            new TokenExchange(cards, store),
            open.limits().stores(),
            open.bins(),
            parts.clock());
    IntakePlaces places = new IntakePlaces(open.limits().intake());
    metrics.gauge("portcullis_vault_intake_inside", places::inside);
    return new CardsOrigin(
        parts.authenticator(),
        intake,
        open.addresses(),
        new AddressLimits(open.limits(), parts.clock()),
        places,
        new Refusals(metrics, parts.clock()),
        fields,
        parts.custody()::requireOpen);
  }

  private InternalRoutes internalRoutes(DataSource database, FieldRoutes fields) {
    RefusedCalls refused = servers.refused();
    TokenExchange exchange = new TokenExchange(parts.cards(), parts.store());
    InternalCards cards = new InternalCards(parts.cards(), parts.store(), exchange);
    CardAliases aliases =
        new CardAliases(parts.cards(), parts.store(), database, new SecureRandom());
    KeyPush keys = new KeyPush(database, parts.authenticator());
    Map<String, InternalRoutes.Handler> handlers = new HashMap<>(parts.outbound().calls());
    handlers.put("/internal/v1/card_fields", fields::describe);
    handlers.put("/internal/v1/key_uses", parts.authenticator().uses()::handle);
    handlers.putAll(
        Map.of(
            // A revocation counts in a sealed vault too.
            "/internal/v1/keys",
            keys::handle,
            "/internal/v1/payment_methods/lookup",
            unsealed(cards::lookup),
            "/internal/v1/payment_methods/release",
            unsealed(cards::release),
            "/internal/v1/payment_methods/alias",
            unsealed(aliases::of),
            "/internal/v1/payment_methods/by_alias",
            unsealed(aliases::find),
            "/internal/v1/payment_methods/from_token",
            unsealed(cards::fromToken),
            "/internal/v1/tokens/lookup",
            unsealed(cards::token),
            "/internal/v1/test_payment_methods",
            unsealed(cards::testPaymentMethod),
            FORWARD,
            unsealed(parts.forwarder()::handle),
            "/internal/v1/notifications/verify",
            unsealed(parts.outbound().notifications(refused, parts.clock())::handle)));
    return new InternalRoutes(handlers, Set.of(FORWARD), refused);
  }

  private InternalRoutes.Handler unsealed(InternalRoutes.Handler handler) {
    return arguments -> {
      parts.custody().requireOpen();
      return handler.handle(arguments);
    };
  }

  private static ListenerTls internalTls(VaultConfig.Internal internal) {
    return new ListenerTls(
        TlsContexts.server(internal.identity(), internal.ca()), internal.gateway(), true);
  }
}
