package dev.portcullis.gateway.provider;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.NotificationReader;
import dev.portcullis.connectors.spi.ProviderSetup;
import dev.portcullis.gateway.admin.AdminRoutes;
import dev.portcullis.gateway.admin.OnlyAccount;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.provider.ProviderAccounts.Changed;
import dev.portcullis.gateway.provider.ProviderAccounts.Fees;
import dev.portcullis.gateway.provider.ProviderAccounts.Terms;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Which accounts at providers there are, and what is changed of them. */
@Component
final class ProviderRoutes implements AdminRoutes {

  private static final String PROVIDERS = "/admin/v1/providers";

  /** As the vault's policies name provider accounts. */
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,48}");

  private static final Param ACCOUNT = Param.id("account");
  private static final Param LIVEMODE = Param.bool("livemode");
  private static final Shape LIST = Shape.of(ACCOUNT, LIVEMODE);
  private static final Shape UPDATE =
      Shape.of(
          ACCOUNT,
          LIVEMODE,
          Param.integer("place").range(0, 1_000_000),
          Param.bool("paused"),
          Param.integer("fee_basis_points").range(0, 10_000),
          Param.integer("fee_fixed").range(0, 1_000_000),
          Param.integer("fee_dispute").range(0, 1_000_000),
          Param.integer("available_after_days").range(0, 365));
  private static final Shape ADD =
      UPDATE.and(
          Param.string("name", NAME, "a small letter, then up to 48 small letters, digits, _ and -")
              .required(),
          Param.string("connector").max(40).required());

  private final ProviderAccounts providers;
  private final VaultAccounts vault;
  private final OnlyAccount accounts;
  private final String origin;

  ProviderRoutes(
      ProviderAccounts providers, VaultAccounts vault, OnlyAccount accounts, ZoneConfig config) {
    this.providers = providers;
    this.vault = vault;
    this.accounts = accounts;
    this.origin = config.string("public-url").replaceAll("/$", "");
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.get(PROVIDERS, Right.READ_PROVIDERS, LIST, this::list),
        AdminRoute.post(PROVIDERS, Right.MANAGE_PROVIDERS, ADD, this::add),
        AdminRoute.post(PROVIDERS + "/{name}", Right.MANAGE_PROVIDERS, UPDATE, this::update));
  }

  private Map<String, ? extends @Nullable Object> list(AdminRequest request) {
    Arguments sent = request.arguments();
    boolean livemode = sent.isTrue("livemode");
    String account = accounts.of(sent);
    @Nullable Set<String> connected = connected(account, livemode);
    return Map.of(
        "object",
        "list",
        "data",
        providers.list(account, livemode).stream()
            .map(each -> body(account, livemode, each, connected))
            .toList());
  }

  private Map<String, ? extends @Nullable Object> add(AdminRequest request) {
    Arguments sent = request.arguments();
    boolean livemode = sent.isTrue("livemode");
    Provider provider =
        new Provider(
            sent.requiredString("name"), connector(sent.requiredString("connector"), livemode));
    if (provider.name().equals(Provider.SANDBOX_NAME)) {
      throw invalid("name", "parameter_invalid", "Test mode has the sandbox without being told.");
    }
    String account = accounts.of(sent);
    return told(
        account, livemode, providers.add(actor(request), account, livemode, provider, terms(sent)));
  }

  private static String connector(String name, boolean livemode) {
    Connector connector =
        Connectors.find(name)
            .orElseThrow(
                () ->
                    invalid(
                        "connector",
                        "parameter_invalid",
                        "There is no connector "
                            + ApiErrors.shown(name)
                            + ". There are "
                            + String.join(
                                ", ",
                                Connectors.all().stream().map(c -> c.manifest().name()).toList())
                            + "."));
    ProviderSetup setup = connector.manifest().setup();
    if ((livemode ? setup.live() : setup.test()) == null) {
      throw invalid(
          "connector",
          "parameter_invalid",
          name + " has no " + (livemode ? "live" : "test") + " mode.");
    }
    return name;
  }

  private Map<String, ? extends @Nullable Object> update(AdminRequest request) {
    Arguments sent = request.arguments();
    boolean livemode = sent.isTrue("livemode");
    String account = accounts.of(sent);
    return told(
        account,
        livemode,
        providers.update(actor(request), account, livemode, request.variable("name"), terms(sent)));
  }

  private static Actor actor(AdminRequest request) {
    return new Actor(request.session().person(), request.address());
  }

  private static Terms terms(Arguments sent) {
    return new Terms(
        number(sent, "place"),
        sent.has("paused") ? sent.isTrue("paused") : null,
        new Fees(
            number(sent, "fee_basis_points"),
            number(sent, "fee_fixed"),
            number(sent, "fee_dispute"),
            number(sent, "available_after_days")));
  }

  private static @Nullable Integer number(Arguments sent, String name) {
    return sent.has(name) ? Math.toIntExact(sent.requiredInteger(name)) : null;
  }

  private Map<String, ? extends @Nullable Object> told(
      String account, boolean livemode, Changed changed) {
    return switch (changed) {
      case Changed.Done(ProviderAccount now) ->
          body(account, livemode, now, connected(account, livemode));
      case Changed.Refused(String param, String code, String message) ->
          throw invalid(param, code, message);
    };
  }

  private static ApiException invalid(String param, String code, String message) {
    return new ApiException(ApiErrors.invalid(param, code, message));
  }

  /** Those that the vault has a forward policy for; null where it cannot be asked now. */
  private @Nullable Set<String> connected(String account, boolean livemode) {
    return vault.of(account, livemode).map(Map::keySet).orElse(null);
  }

  private Map<String, @Nullable Object> body(
      String owner, boolean livemode, ProviderAccount account, @Nullable Set<String> connected) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "provider_account");
    body.put("name", account.name());
    body.put("connector", account.connector());
    body.put("livemode", livemode);
    body.put("place", account.place());
    body.put("paused", account.paused());
    body.put("connected", connected == null ? null : connected.contains(account.name()));
    body.put("fee_basis_points", account.fees().basisPoints());
    body.put("fee_fixed", account.fees().fixed());
    body.put("fee_dispute", account.fees().dispute());
    body.put("available_after_days", account.fees().days());
    body.put(
        "notifications_url",
        Connectors.find(account.connector()).orElse(null) instanceof NotificationReader
            ? origin + account.notificationsPath(owner, livemode)
            : null);
    return body;
  }
}
