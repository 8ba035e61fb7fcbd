package dev.portcullis.gateway.provider;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.ledger.FeeSchedule;
import dev.portcullis.gateway.ledger.FeeSchedules;
import dev.portcullis.gateway.work.Caches;
import dev.portcullis.wire.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The accounts that merchants have at providers. What is known of them is a second old at most, so
 * that a payment need not ask the database for it; a pause counts after as long.
 */
public final class ProviderAccounts implements FeeSchedules {

  /** So many provider accounts one account can have in one mode. */
  public static final int MOST = 50;

  private static final Duration KNOWN_FOR = Duration.ofSeconds(1);
  private static final int MOST_KNOWN = 10_000;
  private static final String COLUMNS =
      "name, connector, place, paused, fee_basis_points, fee_fixed, fee_dispute,"
          + " available_after_days";

  private final Database database;
  private final TransactionTemplate transactions;
  private final AuditTrail audit;
  private final InstantSource clock;
  private final @Nullable ProviderAccount sandbox;
  private final FeeSchedule sandboxFees;
  private final Cache<Whose, List<ProviderAccount>> known;

  private record Whose(String account, boolean livemode) {}

  /**
   * @param sandbox whether test payments can go to the simulated provider
   * @param sandboxFees what that one keeps
   */
  public ProviderAccounts(
      Database database,
      TransactionTemplate transactions,
      AuditTrail audit,
      InstantSource clock,
      boolean sandbox,
      FeeSchedule sandboxFees) {
    this.database = database;
    this.transactions = transactions;
    this.audit = audit;
    this.clock = clock;
    this.sandboxFees = sandboxFees;
    this.sandbox =
        sandbox
            ? new ProviderAccount(Provider.SANDBOX, Integer.MAX_VALUE, false, sandboxFees)
            : null;
    this.known =
        Caches.bounded()
            .maximumSize(MOST_KNOWN)
            .expireAfterWrite(KNOWN_FOR)
            .ticker(() -> Duration.ofMillis(clock.millis()).toNanos())
            .build();
  }

  /** The provider accounts of that account and mode, in the order in which they are asked. */
  public List<ProviderAccount> list(String account, boolean livemode) {
    return known.get(new Whose(account, livemode), this::read);
  }

  /** That one, paused or not. */
  public Optional<ProviderAccount> find(String account, boolean livemode, String name) {
    return list(account, livemode).stream().filter(each -> each.name().equals(name)).findFirst();
  }

  @Override
  public FeeSchedule of(String account, boolean livemode, String name) {
    Optional<ProviderAccount> found = find(account, livemode, name);
    if (found.isEmpty()) {
      // It may have been connected by another gateway within the last second.
      known.invalidate(new Whose(account, livemode));
      found = find(account, livemode, name);
    }
    return found
        .map(ProviderAccount::fees)
        .orElseGet(
            () -> {
              if (name.equals(Provider.SANDBOX_NAME)) {
                return sandboxFees;
              }
              throw new IllegalStateException("no fees are known for " + name);
            });
  }

  /** What a provider account can be changed to; null leaves it as it is. */
  public record Terms(@Nullable Integer place, @Nullable Boolean paused, Fees fees) {}

  /** Parts of a schedule; null leaves a part as it is. */
  public record Fees(
      @Nullable Integer basisPoints,
      @Nullable Integer fixed,
      @Nullable Integer dispute,
      @Nullable Integer days) {
    private FeeSchedule over(FeeSchedule before) {
      return new FeeSchedule(
          basisPoints == null ? before.basisPoints() : basisPoints,
          fixed == null ? before.fixed() : fixed,
          dispute == null ? before.dispute() : dispute,
          days == null ? before.days() : days);
    }
  }

  /** What came of a change. */
  public sealed interface Changed {
    /** It is made. */
    record Done(ProviderAccount now) implements Changed {}

    /** It is not, and nothing is changed. */
    record Refused(String param, String code, String message) implements Changed {}
  }

  /** Connects one. Its name is for ever. */
  public Changed add(
      Actor actor, String account, boolean livemode, Provider provider, Terms terms) {
    return change(
        account,
        livemode,
        stored -> {
          if (stored.stream().anyMatch(each -> each.name().equals(provider.name()))) {
            return new Changed.Refused(
                "name",
                "resource_already_exists",
                "There is a provider account " + provider.name() + " already.");
          }
          if (stored.size() >= MOST) {
            return new Changed.Refused(
                "name",
                "parameter_invalid",
                "An account has at most " + MOST + " provider accounts in each mode.");
          }
          int last =
              stored.stream()
                  .mapToInt(ProviderAccount::place)
                  .filter(place -> place < Integer.MAX_VALUE)
                  .max()
                  .orElse(0);
          ProviderAccount made =
              new ProviderAccount(
                  provider,
                  terms.place == null ? Math.min(last, Integer.MAX_VALUE - 11) + 10 : terms.place,
                  terms.paused != null && terms.paused,
                  terms.fees.over(new FeeSchedule(0, 0, 0, 0)));
          write(actor, account, livemode, made, "provider.added");
          return new Changed.Done(made);
        });
  }

  /** Changes one. */
  public Changed update(Actor actor, String account, boolean livemode, String name, Terms terms) {
    return change(
        account,
        livemode,
        stored -> {
          Optional<ProviderAccount> before =
              stored.stream().filter(each -> each.name().equals(name)).findFirst();
          if (before.isEmpty()) {
            return new Changed.Refused(
                "name", "resource_missing", "There is no provider account " + name + ".");
          }
          ProviderAccount was = before.get();
          ProviderAccount now =
              new ProviderAccount(
                  was.provider(),
                  terms.place == null ? was.place() : terms.place,
                  terms.paused == null ? was.paused() : terms.paused,
                  terms.fees.over(was.fees()));
          if (!now.equals(was)) {
            write(actor, account, livemode, now, "provider.changed");
          }
          return new Changed.Done(now);
        });
  }

  private Changed change(
      String account,
      boolean livemode,
      java.util.function.Function<List<ProviderAccount>, Changed> step) {
    Whose whose = new Whose(account, livemode);
    try {
      return java.util.Objects.requireNonNull(
          transactions.execute(
              _ -> {
                // One change at a time, so that the bound and the names hold.
                boolean exists =
                    database
                        .of(account)
                        .sql("SELECT true FROM accounts WHERE id = ? FOR UPDATE")
                        .param(account)
                        .query(Boolean.class)
                        .optional()
                        .isPresent();
                return exists
                    ? step.apply(read(whose))
                    : new Changed.Refused(
                        "account", "resource_missing", "There is no account " + account + ".");
              }));
    } finally {
      known.invalidate(whose);
    }
  }

  private void write(
      Actor actor, String account, boolean livemode, ProviderAccount now, String action) {
    FeeSchedule fees = now.fees();
    database
        .of(account)
        .sql(
            "INSERT INTO provider_accounts (account, livemode, "
                + COLUMNS
                + ", created, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (account, livemode, name) DO UPDATE SET place = EXCLUDED.place,"
                + " paused = EXCLUDED.paused, fee_basis_points = EXCLUDED.fee_basis_points,"
                + " fee_fixed = EXCLUDED.fee_fixed, fee_dispute = EXCLUDED.fee_dispute,"
                + " available_after_days = EXCLUDED.available_after_days")
        .params(
            account,
            livemode,
            now.name(),
            now.connector(),
            now.place(),
            now.paused(),
            fees.basisPoints(),
            fees.fixed(),
            fees.dispute(),
            fees.days(),
            clock.instant().atOffset(ZoneOffset.UTC),
            actor.name())
        .update();
    audit.append(actor, action, account, now.name(), detail(livemode, now));
  }

  private static String detail(boolean livemode, ProviderAccount now) {
    Map<String, @Nullable Object> detail = new LinkedHashMap<>();
    detail.put("livemode", livemode);
    detail.put("connector", now.connector());
    detail.put("place", now.place());
    detail.put("paused", now.paused());
    detail.put("fee_basis_points", now.fees().basisPoints());
    detail.put("fee_fixed", now.fees().fixed());
    detail.put("fee_dispute", now.fees().dispute());
    detail.put("available_after_days", now.fees().days());
    return Json.writeString(detail);
  }

  private List<ProviderAccount> read(Whose whose) {
    List<ProviderAccount> accounts =
        new ArrayList<>(
            database
                .of(whose.account)
                .sql(
                    "SELECT "
                        + COLUMNS
                        + " FROM provider_accounts WHERE account = ? AND livemode = ?")
                .params(whose.account, whose.livemode)
                .query(ProviderAccounts::account)
                .list());
    boolean named = accounts.stream().anyMatch(each -> each.name().equals(Provider.SANDBOX_NAME));
    if (sandbox != null && !whose.livemode && !named) {
      accounts.add(sandbox);
    }
    accounts.sort(
        Comparator.comparingInt(ProviderAccount::place).thenComparing(ProviderAccount::name));
    return List.copyOf(accounts);
  }

  private static ProviderAccount account(ResultSet row, int number) throws SQLException {
    return new ProviderAccount(
        new Provider(row.getString(1), row.getString(2)),
        row.getInt(3),
        row.getBoolean(4),
        new FeeSchedule(row.getInt(5), row.getInt(6), row.getInt(7), row.getInt(8)));
  }
}
