package dev.portcullis.simulator;

import dev.portcullis.kit.Base62;
import dev.portcullis.simulator.Issuer.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The provider's books. One lock makes each request one step: it is decided and written, or it
 * found the same reference done already, and two requests of one key never both charge.
 */
final class Acquirer implements AutoCloseable {
  static final String AUTHORIZATION_PREFIX = "auth_";

  /** How many operations a page of the books holds. */
  private static final int PAGE = 50;

  /** How long a refund of the cards whose refunds change by themselves takes. */
  private static final long SETTLEMENT_MILLIS = 2_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Ledger ledger;
  private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::millis));
  private final Disputes disputes = new Disputes();

  private record Due(long millis, int number) {}

  /**
   * A movement of money that was asked for.
   *
   * @param kind which
   * @param reference the caller's id and idempotency key
   * @param authorization the id of the authorization
   * @param amount minor units; 0 for a void
   * @param currency lower-case ISO 4217, or null for a void
   */
  record MovementRequest(
      Operation.Kind kind,
      String reference,
      String authorization,
      long amount,
      @Nullable String currency) {
    String comparable() {
      return String.join(
          "\n", kind.name(), authorization, Long.toString(amount), String.valueOf(currency));
    }
  }

  /**
   * Opens the books.
   *
   * @throws IOException if the ledger cannot be used
   */
  Acquirer(Path directory, InstantSource clock) throws IOException {
    this.clock = clock;
    this.ledger = Ledger.open(directory, this::remember);
  }

  /** The authorization, made now or found as it is; the caller tells which by its own reference. */
  Operation.Authorization authorize(AuthorizationRequest request) {
    return (Operation.Authorization)
        once(
            request.reference(),
            fingerprint(request.comparable()),
            () -> {
              Operation.Authorization made = decide(request);
              Operation.@Nullable Dispute dispute = disputed(made, made.funds().captured());
              writeWith(dispute, made);
              return made;
            });
  }

  private Operation.Authorization decide(AuthorizationRequest request) {
    Issuer.Question question =
        new Issuer.Question(
            request.card(),
            request.terms().amount() == 0,
            request.shopperPresent(),
            isSetUp(request));
    Verdict verdict =
        Issuer.decide(question, YearMonth.from(clock.instant().atZone(ZoneOffset.UTC)));
    Operation.Identity identity =
        newIdentity(AUTHORIZATION_PREFIX, request.reference(), request.comparable());
    Operation.@Nullable Challenge challenge =
        verdict instanceof Verdict.Challenge
            ? new Operation.Challenge(randomText(), request.returnUrl())
            : null;
    Operation.Authorization undecided =
        new Operation.Authorization(
            identity,
            request.terms(),
            new Operation.Outcome(
                Operation.Status.REQUIRES_ACTION, null, false, cvcCheck(request.card(), verdict)),
            Operation.Funds.NONE,
            challenge);
    return apply(undecided, verdict);
  }

  private static Operation.Authorization apply(
      Operation.Authorization authorization, Verdict verdict) {
    String cvc = authorization.outcome().cvcCheck();
    return switch (verdict) {
      case Verdict.Challenge challenge -> authorization;
      case Verdict.Decline(String code) ->
          authorization.with(new Operation.Outcome(Operation.Status.DECLINED, code, false, cvc));
      case Verdict.Approve(boolean authenticated) -> {
        boolean take = authorization.terms().capture() && !authorization.isVerification();
        yield authorization
            .with(new Operation.Outcome(Operation.Status.APPROVED, null, authenticated, cvc))
            .with(new Operation.Funds(take ? authorization.terms().amount() : 0, 0, take, false));
      }
    };
  }

  private static String cvcCheck(CardData card, Verdict verdict) {
    if (verdict instanceof Verdict.Decline(String code) && "incorrect_cvc".equals(code)) {
      return "fail";
    }
    return card.hasCvc() ? "pass" : "unchecked";
  }

  /** Whether the request names an approved set-up of a card that ends alike. */
  private boolean isSetUp(AuthorizationRequest request) {
    return request.networkTransactionId() != null
        && byId(NetworkTransaction.authorizationId(request.networkTransactionId()))
            instanceof Operation.Authorization earlier
        && earlier.terms().setup()
        && earlier.outcome().status() == Operation.Status.APPROVED
        && earlier.terms().last4().equals(request.terms().last4());
  }

  /** The movement, made now or found as it is. */
  Operation.Movement move(MovementRequest request) {
    return (Operation.Movement)
        once(
            request.reference(),
            fingerprint(request.comparable()),
            () ->
                byId(request.authorization()) instanceof Operation.Authorization authorization
                    ? moveNow(request, authorization)
                    : refuseUnknown());
  }

  private static Operation refuseUnknown() {
    throw new Refused(404, "no_such_authorization", "There is no such authorization.", null);
  }

  private Operation moveNow(MovementRequest request, Operation.Authorization authorization) {
    String currency = authorization.terms().currency();
    if (request.currency() != null && !request.currency().equals(currency)) {
      throw Refused.state("currency_mismatch", "The authorization is in another currency.");
    }
    Operation.Authorization after =
        switch (request.kind()) {
          case CAPTURE -> Movements.capture(authorization, request.amount());
          case VOID -> Movements.cancel(authorization);
          case REFUND -> Movements.refund(authorization, request.amount());
          case EVIDENCE, ACCEPTANCE -> throw new IllegalStateException("an answer to a dispute");
        };
    Operation.@Nullable Settlement settlement =
        request.kind() == Operation.Kind.REFUND
            ? Movements.settlement(
                authorization.terms().story(), clock.millis() + SETTLEMENT_MILLIS)
            : null;
    Operation.Movement movement =
        new Operation.Movement(
            newIdentity(
                Movements.prefix(request.kind()), request.reference(), request.comparable()),
            request.kind(),
            authorization.identity().id(),
            request.amount(),
            currency,
            settlement == null ? Operation.Status.APPROVED : settlement.first(),
            settlement);
    Operation.@Nullable Dispute dispute =
        request.kind() == Operation.Kind.CAPTURE ? disputed(after, request.amount()) : null;
    writeWith(dispute, movement, after);
    remember(movement);
    return movement;
  }

  /** The dispute that such a charge meets as soon as its money is taken, or null. */
  private Operation.@Nullable Dispute disputed(
      Operation.Authorization authorization, long captured) {
    Operation.Stage stage = Disputes.first(authorization.terms().story());
    if (captured == 0 || stage == null) {
      return null;
    }
    String id = "dsp_" + HexFormat.of().toHexDigits(ledger.size() + 1) + randomText();
    return new Operation.Dispute(
        new Operation.Identity(ledger.size() + 1, id, id, fingerprint(id), now()),
        Disputes.claim(authorization, captured, clock.instant()),
        stage,
        disputes.next());
  }

  /** Writes what was asked for, and the dispute that it leads to, as one. */
  private void writeWith(Operation.@Nullable Dispute dispute, Operation... asked) {
    if (dispute == null) {
      ledger.write(asked);
      return;
    }
    List<Operation> all = new ArrayList<>(List.of(asked));
    all.add(1, dispute);
    ledger.write(all.toArray(Operation[]::new));
    disputes.remember(dispute);
  }

  /**
   * An answer to a dispute, taken now or found as it is.
   *
   * @param request its authorization is the dispute's id, its amount 0
   * @param evidence what is sent, by name; empty for an acceptance
   */
  Operation.Movement respond(MovementRequest request, Map<String, String> evidence) {
    return (Operation.Movement)
        once(
            request.reference(),
            fingerprint(request.comparable() + "\n" + new TreeMap<>(evidence)),
            () ->
                byId(request.authorization()) instanceof Operation.Dispute dispute
                    ? respondNow(request, evidence, dispute)
                    : refuseUnknown());
  }

  private Operation respondNow(
      MovementRequest request, Map<String, String> evidence, Operation.Dispute dispute) {
    Operation.Stage next =
        request.kind() == Operation.Kind.EVIDENCE
            ? Disputes.afterEvidence(dispute, evidence, clock.instant())
            : Disputes.afterAcceptance(dispute);
    String comparable = request.comparable() + "\n" + new TreeMap<>(evidence);
    Operation.Movement movement =
        new Operation.Movement(
            newIdentity(Movements.prefix(request.kind()), request.reference(), comparable),
            request.kind(),
            dispute.identity().id(),
            dispute.claim().amount(),
            dispute.claim().currency(),
            Operation.Status.APPROVED,
            null);
    Operation.Dispute after = dispute.at(next, disputes.next());
    ledger.write(movement, after);
    disputes.remember(after);
    return movement;
  }

  /** The disputes that changed after that change, as they stand now. */
  Disputes.Page disputesAfter(long change) {
    return locked(() -> disputes.after(change, number -> (Operation.Dispute) ledger.at(number)));
  }

  /** Runs the step unless its reference is there already, with the same request. */
  private Operation once(String reference, String fingerprint, Supplier<Operation> step) {
    lock.lock();
    try {
      settle();
      Operation earlier = ledger.byReference(reference);
      if (earlier == null) {
        return step.get();
      }
      if (!earlier.identity().fingerprint().equals(fingerprint)) {
        throw new Refused(
            409, "idempotency_mismatch", "This key came before with another request.", null);
      }
      return earlier;
    } finally {
      lock.unlock();
    }
  }

  /** The operation with that reference as it stands now. */
  Optional<Operation> lookup(String reference) {
    return locked(() -> Optional.ofNullable(ledger.byReference(reference)));
  }

  /** The authorization that this challenge link opens. */
  Optional<Operation.Authorization> challenged(String id, String token) {
    return locked(
        () ->
            byId(id) instanceof Operation.Authorization authorization
                    && authorization.challenge() != null
                    && MessageDigest.isEqual(
                        authorization.challenge().token().getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8))
                ? Optional.of(authorization)
                : Optional.empty());
  }

  /** Takes the shopper's answer to a challenge; a second answer changes nothing. */
  Optional<Operation.Authorization> answer(String id, String token, boolean passed) {
    return locked(
        () -> {
          Optional<Operation.Authorization> found = challenged(id, token);
          if (found.isEmpty()
              || found.get().outcome().status() != Operation.Status.REQUIRES_ACTION) {
            return found;
          }
          Operation.Authorization before = found.get();
          Verdict verdict =
              passed
                  ? Issuer.afterChallenge(before.terms().story(), before.isVerification())
                  : new Verdict.Decline("authentication_failed");
          Operation.Authorization after = apply(before, verdict);
          ledger.write(after);
          return Optional.of(after);
        });
  }

  /** Operations from that number on, at most so many, as they stand now. */
  List<Operation> list(int from, int limit) {
    return locked(
        () -> {
          List<Operation> page = new ArrayList<>();
          for (int number = from; number < ledger.size() && page.size() < limit; number++) {
            page.add(ledger.at(number));
          }
          return page;
        });
  }

  /**
   * A part of the books.
   *
   * @param operations what was asked for, as it stands now, in the order of the asking
   * @param cursor the number of the next one that was not looked at
   * @param more whether there are any
   */
  record Page(List<Operation> operations, int cursor, boolean more) {}

  /** What callers asked for since then, from that number on. */
  Page since(long seconds, int from) {
    return locked(
        () -> {
          List<Operation> page = new ArrayList<>();
          int number = Math.max(from, firstSince(seconds));
          for (; number < ledger.size() && page.size() < PAGE; number++) {
            Operation operation = ledger.at(number);
            // A dispute was asked for by nobody; it has a feed of its own.
            if (operation.identity().created() >= seconds
                && !(operation instanceof Operation.Dispute)) {
              page.add(operation);
            }
          }
          return new Page(page, number, number < ledger.size());
        });
  }

  /** The ledger is in the order of time: halving finds the place. */
  private int firstSince(long seconds) {
    int low = 0;
    int high = ledger.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ledger.at(middle).identity().created() < seconds) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  int size() {
    return locked(ledger::size);
  }

  private <T> T locked(Supplier<T> step) {
    lock.lock();
    try {
      settle();
      return step.get();
    } finally {
      lock.unlock();
    }
  }

  /** Lets what is due come true; nobody can look before it has. */
  private void settle() {
    long now = clock.millis();
    while (!due.isEmpty() && due.peek().millis() <= now) {
      if (ledger.at(due.remove().number()) instanceof Operation.Movement refund
          && refund.isOpen()) {
        Operation.Movement settled = refund.settled();
        if (settled.status() == Operation.Status.DECLINED
            && byId(refund.authorization()) instanceof Operation.Authorization authorization) {
          ledger.write(settled, Movements.takeBack(authorization, refund.amount()));
        } else {
          ledger.write(settled);
        }
      }
    }
  }

  private void remember(Operation operation) {
    if (operation instanceof Operation.Dispute dispute) {
      disputes.remember(dispute);
    }
    if (operation instanceof Operation.Movement movement
        && movement.isOpen()
        && movement.settlement() != null) {
      due.add(new Due(movement.settlement().dueMillis(), movement.identity().number()));
    }
  }

  /** Ids carry their place in the ledger, so that they need no index of their own. */
  private Operation.Identity newIdentity(String prefix, String reference, String comparable) {
    int number = ledger.size();
    String id = prefix + HexFormat.of().toHexDigits(number) + randomText();
    return new Operation.Identity(number, id, reference, fingerprint(comparable), now());
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  private String randomText() {
    byte[] bytes = new byte[12];
    random.nextBytes(bytes);
    return Base62.encode(bytes);
  }

  private @Nullable Operation byId(String id) {
    int start = id.indexOf('_') + 1;
    if (id.length() < start + 8) {
      return null;
    }
    try {
      int number = HexFormat.fromHexDigits(id, start, start + 8);
      Operation there = number >= 0 && number < ledger.size() ? ledger.at(number) : null;
      return there != null && there.identity().id().equals(id) ? there : null;
    } catch (NumberFormatException notOurs) {
      return null;
    }
  }

  private static String fingerprint(String comparable) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(comparable.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 22);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      ledger.close();
    } finally {
      lock.unlock();
    }
  }
}
