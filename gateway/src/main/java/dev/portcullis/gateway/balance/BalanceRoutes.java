package dev.portcullis.gateway.balance;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Shape;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/balance} and {@code /v1/account}. */
@Component
final class BalanceRoutes implements Routes {

  /** The merchant's book is one of credits, which the ledger keeps negative. */
  private static final String SUMS =
      "SELECT currency, -coalesce(sum(amount) FILTER (WHERE available_on <= ?), 0),"
          + " -coalesce(sum(amount) FILTER (WHERE available_on > ?), 0) FROM ledger_lines"
          + " WHERE account = ? AND livemode = ? AND ledger_account = 'merchant_balance'"
          + " GROUP BY currency ORDER BY currency";

  private final Database database;
  private final InstantSource clock;

  BalanceRoutes(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    Result account = Result.one("account");
    return List.of(
        Route.get(
            "/v1/balance",
            Access.read(ApiResource.BALANCE),
            Shape.NONE,
            Result.one("balance"),
            this::balance),
        Route.get(
            "/v1/account", Access.read(ApiResource.ACCOUNT), Shape.NONE, account, this::account),
        Route.get(
            "/v1/accounts/{id}",
            Access.read(ApiResource.ACCOUNT),
            Shape.NONE,
            account,
            this::accountById));
  }

  /** What the merchant has earned, and how much of it is available by now. */
  private Reply balance(ApiRequest request) {
    Principal principal = request.principal();
    List<Map<String, @Nullable Object>> available = new ArrayList<>();
    List<Map<String, @Nullable Object>> pending = new ArrayList<>();
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    database
        .of(principal.account())
        .sql(SUMS)
        .params(now, now, principal.account(), principal.livemode())
        .query(
            row -> {
              available.add(funds(row.getString(1), row.getLong(2)));
              pending.add(funds(row.getString(1), row.getLong(3)));
            });
    if (available.isEmpty()) {
      available.add(funds("usd", 0));
      pending.add(funds("usd", 0));
    }
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "balance");
    body.put("available", available);
    body.put("livemode", principal.livemode());
    body.put("pending", pending);
    return Reply.ok(body);
  }

  private static Map<String, @Nullable Object> funds(String currency, long amount) {
    Map<String, @Nullable Object> funds = new LinkedHashMap<>();
    funds.put("amount", amount);
    funds.put("currency", currency);
    funds.put("source_types", Map.of("card", amount));
    return funds;
  }

  private Reply accountById(ApiRequest request) {
    String id = request.path("id");
    if (!id.equals(request.principal().account())) {
      throw new ApiException(ApiErrors.noSuch("account", id, "id"));
    }
    return account(request);
  }

  private Reply account(ApiRequest request) {
    String id = request.principal().account();
    long created =
        database
            .of(id)
            .sql("SELECT extract(epoch FROM created)::bigint FROM accounts WHERE id = ?")
            .param(id)
            .query(Long.class)
            .single();
    Map<String, @Nullable Object> account = new LinkedHashMap<>();
    account.put("id", id);
    account.put("object", "account");
    account.put("business_profile", null);
    account.put("business_type", null);
    account.put("capabilities", Map.of("card_payments", "active"));
    account.put("charges_enabled", true);
    account.put("controller", Map.of("type", "account"));
    account.put("country", null);
    account.put("created", created);
    account.put("default_currency", null);
    account.put("details_submitted", true);
    account.put("email", null);
    account.put("metadata", Map.of());
    account.put("payouts_enabled", false);
    account.put("settings", null);
    account.put("type", "standard");
    return Reply.ok(account);
  }
}
