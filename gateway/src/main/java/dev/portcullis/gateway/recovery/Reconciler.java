package dev.portcullis.gateway.recovery;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.OperationFeed;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderRecord;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.payments.PaymentsPause;
import dev.portcullis.gateway.payments.ProviderGate;
import dev.portcullis.gateway.payments.ProviderGate.Books;
import dev.portcullis.gateway.payments.ProviderGate.Listing;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.gateway.provider.ProviderAccounts;
import dev.portcullis.gateway.recovery.RecoveryStore.Known;
import dev.portcullis.gateway.recovery.RecoveryStore.Ordered;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the providers' books since a backup, when the operator asks for it, and writes down what
 * they know and this gateway does not. It books nothing: who paid for what is for a person to say,
 * and until one has, payments stay paused.
 */
public final class Reconciler implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Reconciler.class.getName());
  private static final Duration TICK = Duration.ofMillis(500);

  /** Clocks differ, and what was under way at the backup came to the provider a little later. */
  private static final Duration MARGIN = Duration.ofMinutes(15);

  /** More than that is no window after a backup. */
  private static final int MOST_PAGES = 200_000;

  private final RecoveryStore store;
  private final ProviderGate gate;
  private final PaymentsPause pause;
  private final AuditTrail audit;
  private final ProviderAccounts providers;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("reconciler").factory());

  /**
   * @param providers whose books are read
   */
  Reconciler(
      RecoveryStore store,
      ProviderGate gate,
      PaymentsPause pause,
      AuditTrail audit,
      ProviderAccounts providers,
      InstantSource clock) {
    this.store = store;
    this.gate = gate;
    this.pause = pause;
    this.audit = audit;
    this.providers = providers;
    this.clock = clock;
  }

  /** Begins to work, until {@link #close()}. */
  @SuppressWarnings("FutureReturnValueIgnored") // a tick never fails; the schedule ends with close
  void start() {
    timer.scheduleWithFixedDelay(
        this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Nothing may end the schedule: what did not end is claimed again when its lease is over. */
  private void tick() {
    try {
      if (pause.isOn()) {
        Optional<Ordered> ordered = store.claim(clock.instant(), lease());
        ordered.ifPresent(this::reconcile);
      }
    } catch (RuntimeException | Error e) {
      LOG.log(Level.SEVERE, "the reconciliation failed", e);
    }
  }

  /** Long enough for one page; stored to the microsecond, and compared when it is written. */
  private Instant lease() {
    return clock.instant().plus(gate.call()).plusSeconds(30).truncatedTo(ChronoUnit.MILLIS);
  }

  /** Works on an ordered reconciliation to its end. */
  void reconcile(Ordered first) {
    LOG.info("reconciling with the providers since the backup " + first.id());
    store.forgetFindings(first.id());
    int hurried = store.hurryOpenOperations(clock.instant());
    LOG.fine(hurried + " open operations are looked up");
    Run run = new Run(first);
    for (String account : store.accounts()) {
      for (Provider provider : providers(account)) {
        boolean test = run.read(new Books(account, provider, false));
        boolean live = run.read(new Books(account, provider, true));
        if (!test && !live) {
          run.sayNotAsked(account, provider);
        }
      }
    }
    run.finish();
  }

  /** Those that are known here, and each connector's: one may be newer than the backup. */
  private Set<Provider> providers(String account) {
    Set<Provider> all = new LinkedHashSet<>();
    Connectors.all().stream()
        .map(each -> each.manifest().name())
        .forEach(name -> all.add(new Provider(name, name)));
    providers.list(account, false).forEach(each -> all.add(each.provider()));
    providers.list(account, true).forEach(each -> all.add(each.provider()));
    return all;
  }

  /** One reconciliation. */
  private final class Run {
    private final List<Map<String, @Nullable Object>> sources = new ArrayList<>();
    private Ordered ordered;
    private @Nullable String trouble;
    private long differences;
    private boolean lost;

    Run(Ordered ordered) {
      this.ordered = ordered;
    }

    /**
     * Reads one provider's books.
     *
     * @return false when it was not asked, and no payment that is known here went through it
     */
    boolean read(Books books) {
      if (lost || trouble != null) {
        return true;
      }
      Tally tally = new Tally();
      Instant since = ordered.backupAt().minus(MARGIN);
      String cursor = OperationFeed.BEGINNING;
      for (int page = 0; page < MOST_PAGES; page++) {
        switch (gate.operations(books, since, cursor)) {
          case Listing.NotConnected _ -> {
            boolean used = store.hasOperations(books);
            if (used) {
              // What it knows since the backup, nobody has looked at.
              differences++;
              sources.add(notAsked(books, true));
            }
            return used;
          }
          case Listing.NotOffered _ -> {
            boolean used = store.hasOperations(books);
            if (used) {
              // Somebody has to compare by hand, and to say so.
              differences++;
              sources.add(source(books, null));
            }
            return used;
          }
          case Listing.NoAnswer(String reason) -> {
            trouble = reason;
            return true;
          }
          case Listing.Part(OperationFeed.Page part) -> {
            compare(books, part.operations(), tally);
            if (part.more() && part.cursor().equals(cursor)) {
              trouble = "the list of " + books.provider().name() + " stands still";
              return true;
            }
            if (!part.more()) {
              differences += tally.findings;
              sources.add(source(books, tally));
              return true;
            }
            if (!keep()) {
              return true;
            }
            cursor = part.cursor();
          }
        }
      }
      trouble = "the list of " + books.provider().name() + " has no end";
      return true;
    }

    /** No payment went through it, so it is no difference; but a person may know better. */
    void sayNotAsked(String account, Provider provider) {
      sources.add(notAsked(new Books(account, provider, false), false));
    }

    private boolean keep() {
      Instant lease = lease();
      lost = !store.extend(ordered, lease);
      ordered = new Ordered(ordered.id(), ordered.backupAt(), lease);
      return !lost;
    }

    private void compare(Books books, List<ProviderRecord> page, Tally tally) {
      Map<String, Known> known = store.known(page);
      for (ProviderRecord each : page) {
        tally.listed++;
        Known ours = known.get(each.reference());
        if (ours != null && isSame(ours, each)) {
          tally.known++;
        } else if (ours == null && movesNothing(each)) {
          tally.unknown++;
          tally.withoutMoney++;
        } else {
          tally.unknown += ours == null ? 1 : 0;
          tally.findings++;
          store.add(ordered.id(), books, ours == null ? "unknown" : "different", each);
        }
      }
    }

    private void finish() {
      if (lost) {
        LOG.warning("the reconciliation took longer than its lease; another gateway has it");
        return;
      }
      Map<String, @Nullable Object> report = new LinkedHashMap<>();
      report.put("sources", sources);
      report.put("differences", differences);
      report.put("open", store.openOperations());
      if (trouble != null) {
        report.put("trouble", trouble);
      }
      String state = trouble == null ? "reconciled" : "paused";
      if (store.finish(ordered, state, report)) {
        audit.append(
            Actor.SYSTEM,
            "recovery." + (trouble == null ? "reconciled" : "not_reconciled"),
            "",
            ordered.id(),
            trouble == null ? differences + " differences" : trouble);
        LOG.info("reconciled: " + differences + " differences");
      }
    }
  }

  /** No money was moved by it, and none will be: declined, or an authorization of nothing. */
  private static boolean movesNothing(ProviderRecord theirs) {
    return theirs.status() == ProviderRecord.Status.DECLINED
        || (theirs.kind() == OperationKind.AUTHORIZE && theirs.amount().minorUnits() == 0);
  }

  private static boolean isSame(Known ours, ProviderRecord theirs) {
    return isSameAmount(ours, theirs) && isSameOutcome(ours, theirs);
  }

  private static boolean isSameAmount(Known ours, ProviderRecord theirs) {
    return ours.amount() == null
        || (ours.amount() == theirs.amount().minorUnits()
            && theirs.amount().currency().code().equals(ours.currency()));
  }

  /** Where neither has said its last word, the resolver asks again by itself. */
  private static boolean isSameOutcome(Known ours, ProviderRecord theirs) {
    Boolean approved = ours.approved();
    if (approved == null) {
      return true;
    }
    return approved
        ? theirs.status() != ProviderRecord.Status.DECLINED
        : theirs.status() != ProviderRecord.Status.APPROVED;
  }

  /** What was counted of one provider's books. */
  private static final class Tally {
    private long listed;
    private long known;
    private long unknown;
    private long withoutMoney;
    private long findings;
  }

  private static Map<String, @Nullable Object> source(Books books, @Nullable Tally tally) {
    Map<String, @Nullable Object> source = new LinkedHashMap<>();
    source.put("account", books.account());
    source.put("connector", books.provider().connector());
    source.put("provider", books.provider().name());
    source.put("livemode", books.livemode());
    if (tally != null) {
      source.put("listed", tally.listed);
      source.put("known", tally.known);
      source.put("unknown", tally.unknown);
      source.put("without_money", tally.withoutMoney);
    }
    return source;
  }

  private static Map<String, @Nullable Object> notAsked(Books books, boolean used) {
    Map<String, @Nullable Object> source = source(books, null);
    source.put("asked", false);
    source.put("operations", used);
    return source;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
