package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.pages.Approvals.Approval;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** A person approves a page as it is, with a reason for each script (PCI DSS 4.0.1, 6.4.3). */
@Component
class Approving {

  private static final int REASON = 500;

  /** What is sent for it. */
  static final Shape SHAPE =
      Shape.of(
          Param.string("fingerprint").max(64).required(),
          Param.list(
              "reasons",
              Param.hash(
                  "reason",
                  Shape.of(
                      Param.string("subject").max(Item.LONGEST).required(),
                      Param.string("why").max(REASON).required()))),
          Param.string("reason_for_others").max(REASON));

  private final PageStore store;
  private final Approvals approvals;
  private final PageWatch watch;
  private final AuditTrail audit;
  private final TransactionTemplate transactions;
  private final InstantSource clock;

  Approving(
      PageStore store,
      Approvals approvals,
      PageWatch watch,
      AuditTrail audit,
      TransactionTemplate transactions,
      InstantSource clock) {
    this.store = store;
    this.approvals = approvals;
    this.watch = watch;
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * Approves what was seen last, and nothing else: the fingerprint says what the person has looked
   * at.
   *
   * @throws ApiException 400 {@code page_not_seen}, {@code page_seen_differently}, {@code
   *     justification_missing}
   */
  Approval approve(Actor actor, WatchedPage page, Arguments sent) {
    Inventory seen = page.standing().seen();
    if (seen == null || page.standing().fault() != null) {
      throw refused("id", "page_not_seen", "The page was not got yet; check it first.");
    }
    if (!seen.fingerprint().equals(sent.requiredString("fingerprint"))) {
      throw refused(
          "fingerprint", "page_seen_differently", "The page was seen otherwise since; look again.");
    }
    if (seen.items().stream().anyMatch(Item::isMissing)) {
      throw refused("id", "page_not_seen", "Not all of the page was got; look at what is missing.");
    }
    Optional<Approval> before = approvals.newest(page);
    Instant now = clock.instant();
    Inventory release =
        page.isOwn()
            ? store.releases(page.id(), now).stream().findFirst().orElse(Inventory.NOTHING)
            : Inventory.NOTHING;
    Approval approval =
        new Approval(
            before.map(Approval::version).orElse(0) + 1,
            now,
            actor.name(),
            seen,
            release,
            reasons(page, seen, release, sent, before));
    transactions.executeWithoutResult(
        _ -> {
          if (!approvals.add(page, approval)) {
            throw refused("id", "page_seen_differently", "Somebody else has just approved it.");
          }
          store.note(page.with(page.standing().same(now, seen)), now);
          audit.append(
              actor,
              "page.approved",
              page.account(),
              page.id(),
              "version %d, %s".formatted(approval.version(), seen.fingerprint()));
        });
    return approval;
  }

  /** Of each script why it is there: said now, said before, or known of the release's own. */
  private Map<String, String> reasons(
      WatchedPage page,
      Inventory seen,
      Inventory release,
      Arguments sent,
      Optional<Approval> before) {
    Map<String, String> said = new HashMap<>();
    before.ifPresent(approval -> said.putAll(approval.reasons()));
    for (Object each : sent.list("reasons")) {
      Arguments reason = (Arguments) each;
      said.put(reason.requiredString("subject"), reason.requiredString("why"));
    }
    Map<String, String> own = ownReasons(page);
    String others = sent.string("reason_for_others").orElse("");
    Map<String, String> reasons = new LinkedHashMap<>();
    for (Item item : seen.items()) {
      if (item.kind().runs()) {
        // A script of ours with other bytes is none of ours.
        Map<String, String> known = release.items().contains(item) ? own : said;
        String why = known.getOrDefault(item.subject(), others);
        if (why.isEmpty()) {
          throw refused(
              "reasons",
              "justification_missing",
              "Say why it is there: " + item.kind().words() + " " + item.subject());
        }
        reasons.put(item.subject(), why);
      }
    }
    return reasons;
  }

  private Map<String, String> ownReasons(WatchedPage page) {
    Map<String, String> reasons = new HashMap<>();
    for (OwnPage own : watch.own()) {
      if (page.isOwn() && own.id().equals(page.id())) {
        own.purposes().forEach((path, why) -> reasons.put(own.url().resolve(path).toString(), why));
      }
    }
    return reasons;
  }

  private static ApiException refused(String param, String code, String message) {
    return new ApiException(ApiErrors.invalid(param, code, message));
  }
}
