package dev.portcullis.gateway.reconciliation;

import dev.portcullis.connectors.spi.OperationFeed;
import dev.portcullis.connectors.spi.ProviderRecord;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.payments.ProviderGate;
import dev.portcullis.gateway.payments.ProviderGate.Books;
import dev.portcullis.gateway.payments.ProviderGate.Listing;
import dev.portcullis.gateway.provider.ProviderAccount;
import dev.portcullis.gateway.provider.ProviderAccounts;
import dev.portcullis.gateway.reconciliation.ReconciliationItem.Difference;
import dev.portcullis.gateway.reconciliation.ReconciliationItem.Settled;
import dev.portcullis.gateway.reconciliation.ReconciliationItem.Verdict;
import dev.portcullis.gateway.reconciliation.ReconciliationRun.Whose;
import dev.portcullis.gateway.reconciliation.ReportLines.Stretch;
import dev.portcullis.gateway.reconciliation.SettlementLine.Kind;
import dev.portcullis.kit.Ids;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Compares a provider's report of a day with what is known here. A report comes in parts, each of
 * which is one transaction: whoever is interrupted goes on where {@link ReconciliationRun#read}
 * says, and the same report again changes nothing.
 */
@Component
class Reconciliation {

  /** A settlement may be reported so many days after the operation. */
  private static final int LOOK_BACK_DAYS = 35;

  /** More than that is no day's report. */
  static final int MOST_RECORDS = 5_000_000;

  private final ReconciliationStore store;
  private final ReportLines lines;
  private final Differences differences;
  private final ProviderGate gate;
  private final ProviderAccounts providers;
  private final Notes notes;
  private final TransactionTemplate transactions;

  /** What it writes ids, times and the audit trail with. */
  @Component
  record Notes(Ids ids, InstantSource clock, AuditTrail audit) {}

  Reconciliation(
      ReconciliationStore store,
      ReportLines lines,
      Differences differences,
      ProviderGate gate,
      ProviderAccounts providers,
      Notes notes,
      TransactionTemplate transactions) {
    this.store = store;
    this.lines = lines;
    this.differences = differences;
    this.gate = gate;
    this.providers = providers;
    this.notes = notes;
    this.transactions = transactions;
  }

  /** What came of a step. */
  sealed interface Step {
    /** It is taken. */
    record Taken(ReconciliationRun run, boolean more) implements Step {}

    /** It is not, and nothing is changed. */
    record Refused(String param, String code, String message) implements Step {}
  }

  /**
   * Begins to read a report.
   *
   * @param source {@link ReconciliationRun#FEED} or a format's name
   */
  Step begin(Actor actor, Whose whose, LocalDate day, String source) {
    if (providers.find(whose.account(), whose.livemode(), whose.provider()).isEmpty()) {
      return new Step.Refused(
          "provider", "resource_missing", "There is no provider account of that name.");
    }
    Instant now = notes.clock.instant();
    if (!day.isBefore(LocalDate.ofInstant(now, ZoneOffset.UTC))) {
      return new Step.Refused("day", "parameter_invalid", "That day is not over yet (UTC).");
    }
    ReconciliationRun run =
        new ReconciliationRun(
            whose,
            notes.ids.next("rcn"),
            day,
            source,
            false,
            0,
            source.equals(ReconciliationRun.FEED) ? OperationFeed.BEGINNING : "",
            null,
            Map.of());
    return within(
        () -> {
          if (!store.begin(run, now, actor.name())) {
            return new Step.Refused(
                "day", "reconciliation_state", "The run of that day is under way.");
          }
          notes.audit.append(
              actor,
              "reconciliation.begun",
              whose.account(),
              run.id(),
              whose.provider() + " " + day + " by " + source);
          return new Step.Taken(run, true);
        });
  }

  /**
   * Takes the next part of a file: CSV, whole records, the first of which is the file's record
   * {@code from}.
   */
  Step take(String account, String id, int from, String csv) {
    return within(
        () ->
            reading(
                account,
                id,
                run -> {
                  if (run.source().equals(ReconciliationRun.FEED)) {
                    return new Step.Refused(
                        "id", "reconciliation_state", "This run reads the provider's own list.");
                  }
                  if (from != run.read()) {
                    // It was sent before, and its answer was lost.
                    return from < run.read()
                        ? new Step.Taken(run, true)
                        : new Step.Refused(
                            "from",
                            "parameter_invalid",
                            "The report was read up to record " + run.read() + ": go on there.");
                  }
                  try {
                    ReportPart part = ReportPart.read(run, csv);
                    ReconciliationRun next = with(run, part.records(), "", part.columns());
                    if (next.read() > MOST_RECORDS) {
                      return new Step.Refused(
                          "csv", "parameter_invalid", "The report is too long.");
                    }
                    lines.write(run, part.lines());
                    store.advance(next);
                    return new Step.Taken(next, true);
                  } catch (ReportFault e) {
                    return new Step.Refused(
                        "csv", "report_unreadable", String.valueOf(e.getMessage()));
                  }
                }));
  }

  private static ReconciliationRun with(
      ReconciliationRun run, int more, String cursor, @Nullable List<String> columns) {
    return new ReconciliationRun(
        run.whose(),
        run.id(),
        run.day(),
        run.source(),
        run.done(),
        run.read() + more,
        cursor,
        columns,
        run.report());
  }

  /** Reads the next page of the provider's own list; no transaction is open while it is asked. */
  Step read(String account, String id) {
    Optional<ReconciliationRun> found = store.find(account, id);
    if (found.isEmpty()) {
      return noSuch();
    }
    ReconciliationRun run = found.get();
    Whose whose = run.whose();
    Optional<ProviderAccount> provider =
        providers.find(whose.account(), whose.livemode(), whose.provider());
    if (!run.source().equals(ReconciliationRun.FEED) || provider.isEmpty()) {
      return new Step.Refused("id", "reconciliation_state", "This run reads a file.");
    }
    Instant day = run.day().atStartOfDay(ZoneOffset.UTC).toInstant();
    Listing listing =
        gate.operations(
            new Books(whose.account(), provider.get().provider(), whose.livemode()),
            day,
            run.cursor());
    return switch (listing) {
      case Listing.Part(OperationFeed.Page page) ->
          within(() -> reading(account, id, now -> taken(run, now, page)));
      case Listing.NotOffered _ ->
          new Step.Refused(
              "provider",
              "no_operation_feed",
              "That provider has no list of its operations to be asked for: bring its report as a"
                  + " file.");
      case Listing.NotConnected _ ->
          new Step.Refused(
              "provider", "provider_not_connected", "The vault has no policy for that account.");
      case Listing.NoAnswer(String reason) ->
          new Step.Refused(
              "provider", "provider_unavailable", "There was no list: " + reason + ".");
    };
  }

  private Step taken(ReconciliationRun asked, ReconciliationRun now, OperationFeed.Page page) {
    if (!now.cursor().equals(asked.cursor())) {
      return new Step.Taken(now, true);
    }
    Instant from = now.day().atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant until = now.day().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    List<SettlementLine> reported = new ArrayList<>();
    boolean over = false;
    for (ProviderRecord record : page.operations()) {
      over |= !record.at().isBefore(until);
      if (!record.at().isBefore(from) && record.at().isBefore(until)) {
        line(record).ifPresent(reported::add);
      }
    }
    boolean more = page.more() && !over && !page.cursor().equals(now.cursor());
    ReconciliationRun next = with(now, page.operations().size(), page.cursor(), null);
    lines.write(now, reported);
    store.advance(next);
    return new Step.Taken(next, more && next.read() <= MOST_RECORDS);
  }

  private static Optional<SettlementLine> line(ProviderRecord record) {
    Kind kind =
        switch (record.kind()) {
          case AUTHORIZE, COMPLETE -> Kind.AUTHORIZATION;
          case CAPTURE -> Kind.CAPTURE;
          case REFUND -> Kind.REFUND;
          case CANCEL -> Kind.VOID;
          case SUBMIT_EVIDENCE, ACCEPT_DISPUTE -> null;
        };
    boolean moved = record.status() == ProviderRecord.Status.APPROVED;
    return kind == null || !moved || (kind == Kind.AUTHORIZATION && record.amount().isZero())
        ? Optional.empty()
        : Optional.of(
            new SettlementLine(
                record.providerId(),
                kind,
                record.reference(),
                record.providerId(),
                record.belongsTo(),
                record.amount()));
  }

  /** Compares, when the report was read to its end. */
  Step finish(Actor actor, String account, String id) {
    return within(
        () ->
            reading(
                account,
                id,
                run -> {
                  if (!run.source().equals(ReconciliationRun.FEED) && run.columns() == null) {
                    return new Step.Refused(
                        "id",
                        "report_unreadable",
                        "The report has no line with its columns' names.");
                  }
                  Map<String, @Nullable Object> report = compare(run);
                  store.finish(run, report, notes.clock.instant());
                  notes.audit.append(
                      actor,
                      "reconciliation.done",
                      account,
                      run.id(),
                      report.get("differences")
                          + " differences, "
                          + report.get("matched")
                          + " matched");
                  return new Step.Taken(store.find(account, id).orElseThrow(), false);
                }));
  }

  private Map<String, @Nullable Object> compare(ReconciliationRun run) {
    LocalDate day = run.day();
    Stretch ofDay = new Stretch(first(day), first(day.plusDays(1)));
    lines.match(run, new Stretch(first(day.minusDays(LOOK_BACK_DAYS)), first(day.plusDays(2))));
    List<Difference> found = differences.of(run, ofDay);
    boolean more = found.size() > Differences.MOST;
    List<Difference> kept = more ? found.subList(0, Differences.MOST) : found;
    Instant now = notes.clock.instant();
    for (Difference each : kept) {
      store.put(run, each, notes.ids.next("rci"), now);
    }
    int explained = store.explain(run, found);
    Map<String, @Nullable Object> report = new LinkedHashMap<>();
    report.put("matched", differences.matched(run));
    for (Verdict verdict : Verdict.values()) {
      report.put(verdict.wire(), found.stream().filter(each -> each.verdict() == verdict).count());
    }
    report.put("differences", (long) found.size());
    report.put("explained", (long) explained);
    report.put("more", more);
    return report;
  }

  private static String first(LocalDate day) {
    return Ids.first("op", day.atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  /**
   * Settles a difference for a person.
   *
   * @return the item, or empty if there is none of that id
   */
  Optional<ReconciliationItem> settle(Actor actor, String account, String id, String reason) {
    return Objects.requireNonNull(
        transactions.execute(
            _ -> {
              Optional<ReconciliationItem> item = store.item(account, id);
              if (item.isEmpty()) {
                return Optional.empty();
              }
              Settled settled = new Settled(actor.name(), notes.clock.instant(), reason);
              if (store.settle(account, id, settled)) {
                notes.audit.append(actor, "reconciliation.settled", account, id, reason);
              }
              return store.item(account, id);
            }));
  }

  private Step within(Supplier<Step> work) {
    return Objects.requireNonNull(transactions.execute(_ -> work.get()));
  }

  private Step reading(
      String account, String id, java.util.function.Function<ReconciliationRun, Step> work) {
    Optional<ReconciliationRun> run = store.lock(account, id);
    if (run.isEmpty()) {
      return noSuch();
    }
    return run.get().done()
        ? new Step.Refused("id", "reconciliation_state", "This run has ended: begin another one.")
        : work.apply(run.get());
  }

  private static Step noSuch() {
    return new Step.Refused("id", "resource_missing", "There is no such run.");
  }
}
