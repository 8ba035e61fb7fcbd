package dev.portcullis.simulator;

import dev.portcullis.simulator.Issuer.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a provider decides, whatever API it speaks, over {@link Books} of its own. */
public final class Acquirer implements AutoCloseable {
  static final String AUTHORIZATION_PREFIX = "auth_";

  /** The note of a movement that was only taken note of: why it will come to nothing. */
  public static final String FAILED = "failed";

  /** How long a real provider's shopper may take over a challenge. */
  private static final Duration CHALLENGE_LIFE = Duration.ofHours(24);

  private final Books books;
  private final DisputeBook disputes;
  private final MovementBook movements;
  private final boolean real;

  /**
   * A movement of money that was asked for.
   *
   * @param kind which
   * @param reference the caller's idempotency key
   * @param authorization the id of the authorization
   * @param amount minor units; 0 for a void
   * @param currency lower-case ISO 4217, or null for a void
   * @param way how it is gone about
   */
  public record MovementRequest(
      Operation.Kind kind,
      String reference,
      String authorization,
      long amount,
      @Nullable String currency,
      MovementWay way) {
    MovementRequest(
        Operation.Kind kind,
        String reference,
        String authorization,
        long amount,
        @Nullable String currency) {
      this(kind, reference, authorization, amount, currency, MovementWay.PLAIN);
    }

    String comparable() {
      return String.join(
          "\n", kind.name(), authorization, Long.toString(amount), String.valueOf(currency));
    }
  }

  /**
   * How a movement is gone about.
   *
   * @param last whether a capture releases what it leaves
   * @param asynchronous whether it is pending at first and comes true a little later
   * @param notes what the provider's API keeps with it
   */
  public record MovementWay(boolean last, boolean asynchronous, Operation.Notes notes) {
    /** At once, for the last time, and nothing is kept. */
    public static final MovementWay PLAIN = new MovementWay(true, false, Operation.Notes.NONE);
  }

  /**
   * Opens the books.
   *
   * @param real whether it is as particular as real acquirers are: a challenge ends by itself, and
   *     some captures fall short. The sandbox is not
   * @throws IOException if the ledger cannot be used
   */
  Acquirer(Path directory, InstantSource clock, boolean real) throws IOException {
    this.real = real;
    Disputes known = new Disputes();
    this.books =
        new Books(
            directory,
            clock,
            operation -> {
              if (operation instanceof Operation.Dispute dispute) {
                known.remember(dispute);
              }
            });
    this.disputes = new DisputeBook(books, known);
    this.movements = new MovementBook(this, books, disputes, real);
  }

  Books books() {
    return books;
  }

  /** One step of the books: nothing else happens meanwhile. */
  public <T> T step(Supplier<T> step) {
    return books.step(step);
  }

  /** The authorization, made now or found as it is; the caller tells which by its own reference. */
  public Operation.Authorization authorize(AuthorizationRequest request) {
    return (Operation.Authorization)
        books.once(
            request.reference(),
            Books.fingerprint(request.comparable()),
            () -> {
              Operation.Identity identity =
                  books.identity(
                      AUTHORIZATION_PREFIX,
                      request.reference(),
                      request.comparable(),
                      request.way().notes());
              return taken(decide(identity, request, -1));
            });
  }

  /** An authorization that waits for its card, made now or found as it is. */
  public Operation.Authorization create(
      String reference, Operation.Terms terms, Operation.Notes notes) {
    return (Operation.Authorization)
        books.once(
            reference,
            Books.fingerprint(terms.toString()),
            () -> {
              Operation.Authorization created =
                  new Operation.Authorization(
                      books.identity(AUTHORIZATION_PREFIX, reference, terms.toString(), notes),
                      terms,
                      new Operation.Outcome(Operation.Status.CREATED, null, false, "unchecked"),
                      Operation.Funds.NONE,
                      null,
                      -1);
              books.write(created);
              return created;
            });
  }

  /**
   * Asks the issuer about an authorization that waits for its card, or for another one.
   *
   * @param request its terms and notes take the place of what was there
   * @throws Refused if it does not wait for one
   */
  public Operation.Authorization confirm(String id, AuthorizationRequest request) {
    return books.step(
        () -> {
          Operation.Authorization before = authorization(id);
          Operation.Status status = before.outcome().status();
          boolean waits = status == Operation.Status.CREATED || status == Operation.Status.DECLINED;
          if (!waits || before.funds().voided()) {
            throw Refused.state("not_confirmable", "The payment does not wait for a card.");
          }
          Operation.Identity identity = before.identity().with(request.way().notes());
          return taken(decide(identity, request, before.last()));
        });
  }

  private Operation.Authorization taken(Operation.Authorization made) {
    int place = Math.max(books.size(), made.identity().number() + 1);
    writeWith(disputes.of(made, made.funds().captured(), place), made);
    return made;
  }

  private Operation.Authorization decide(
      Operation.Identity identity, AuthorizationRequest request, int last) {
    Issuer.Question question =
        new Issuer.Question(
            request.card(),
            request.terms().amount() == 0,
            request.shopperPresent() || request.way().authenticated(),
            isSetUp(request));
    Verdict verdict =
        Issuer.decide(question, YearMonth.from(books.clock().instant().atZone(ZoneOffset.UTC)));
    if (request.way().authenticated() && verdict instanceof Verdict.Challenge) {
      verdict = Issuer.afterChallenge(request.terms().story(), request.terms().amount() == 0);
    }
    if (request.way().challenge() && verdict instanceof Verdict.Approve) {
      verdict = new Verdict.Challenge();
    }
    Operation.@Nullable Challenge challenge =
        verdict instanceof Verdict.Challenge
            ? new Operation.Challenge(
                books.randomText(),
                request.returnUrl(),
                request.way().completed(),
                null,
                real ? books.clock().instant().plus(CHALLENGE_LIFE).getEpochSecond() : 0)
            : null;
    Operation.Authorization undecided =
        new Operation.Authorization(
            identity,
            request.terms(),
            new Operation.Outcome(
                Operation.Status.REQUIRES_ACTION, null, false, cvcCheck(request.card(), verdict)),
            Operation.Funds.NONE,
            challenge,
            last);
    return apply(undecided, verdict);
  }

  private Operation.Authorization apply(Operation.Authorization authorization, Verdict verdict) {
    String cvc = authorization.outcome().cvcCheck();
    return switch (verdict) {
      case Verdict.Challenge challenge -> authorization;
      case Verdict.Decline(String code) ->
          authorization.with(new Operation.Outcome(Operation.Status.DECLINED, code, false, cvc));
      case Verdict.Approve(boolean authenticated) -> {
        boolean take = authorization.terms().capture() && !authorization.isVerification();
        yield authorization
            .with(new Operation.Outcome(Operation.Status.APPROVED, null, authenticated, cvc))
            .with(new Operation.Funds(take ? takenAtOnce(authorization) : 0, 0, take, false));
      }
    };
  }

  private long takenAtOnce(Operation.Authorization authorization) {
    long amount = authorization.terms().amount();
    return real ? Movements.shortened(amount) : amount;
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
        && books.byId(NetworkTransaction.authorizationId(request.networkTransactionId()))
            instanceof Operation.Authorization earlier
        && earlier.terms().setup()
        && earlier.outcome().status() == Operation.Status.APPROVED
        && earlier.terms().last4().equals(request.terms().last4());
  }

  /** The movement, made now or found as it is. */
  public Operation.Movement move(MovementRequest request) {
    return movements.move(request);
  }

  /** A movement that is taken note of, fails a little later for that reason, and moves nothing. */
  public Operation.Movement fail(MovementRequest request, String reason) {
    return movements.fail(request, reason);
  }

  Operation.Authorization authorization(String id) {
    if (books.byId(id) instanceof Operation.Authorization authorization) {
      return authorization;
    }
    throw unknown();
  }

  static Refused unknown() {
    return new Refused(404, "no_such_authorization", "There is no such authorization.", null);
  }

  /** Writes what was asked for, and the dispute that it leads to, as one. */
  void writeWith(Operation.@Nullable Dispute dispute, Operation... asked) {
    if (dispute == null) {
      books.write(asked);
      return;
    }
    List<Operation> all = new ArrayList<>(List.of(asked));
    all.add(1, dispute);
    books.write(all.toArray(Operation[]::new));
    disputes.remember(dispute);
  }

  /**
   * An answer to a dispute, taken now or found as it is.
   *
   * @param request its authorization is the dispute's id, its amount 0
   * @param evidence what is sent, by name; empty for an acceptance
   */
  public Operation.Movement respond(MovementRequest request, Map<String, String> evidence) {
    return disputes.respond(request, evidence);
  }

  /** The disputes that changed after that change, as they stand now. */
  Disputes.Page disputesAfter(long change) {
    return disputes.disputesAfter(change);
  }

  /** The newest disputes first, at most so many. */
  public List<Operation.Dispute> disputes(int most) {
    return disputes.disputes(most);
  }

  /** The authorization whose charge is disputed. */
  public Operation.Authorization disputed(Operation.Dispute dispute) {
    if (lookup(dispute.claim().authorization()).orElse(null)
        instanceof Operation.Authorization authorization) {
      return authorization;
    }
    throw unknown();
  }

  /** How many places the books have; {@link #at} tells what is at each. */
  public int size() {
    return books.size();
  }

  /** The operation with that reference as it stands now. */
  public Optional<Operation> lookup(String reference) {
    return Optional.ofNullable(books.byReference(reference));
  }

  /** The operation with that id of the books as it stands now. */
  public Optional<Operation> find(String id) {
    return books.step(() -> Optional.ofNullable(books.byId(id)));
  }

  /** The operation at that place of the books, from 0. */
  public Optional<Operation> at(int number) {
    return Optional.ofNullable(books.at(number));
  }

  /** The first operation that the merchant calls so ({@link Operation.Notes#alias}). */
  public Optional<Operation> named(String alias) {
    return Optional.ofNullable(books.byAlias(alias));
  }

  /** The last thousand operations that the merchant calls so, the first of them first. */
  public List<Operation> allNamed(String alias) {
    return books.allByAlias(alias);
  }

  /** The newest operations, the last of them first. */
  public List<Operation> newest(int most) {
    return books.step(
        () -> {
          List<Operation> found = new ArrayList<>();
          for (int number = books.size() - 1; number >= 0 && found.size() < most; number--) {
            found.add(Objects.requireNonNull(books.at(number)));
          }
          return found;
        });
  }

  /** What followed the authorization, in the order in which it was asked for. */
  public List<Operation.Movement> movements(Operation.Authorization authorization) {
    return books.step(
        () -> {
          List<Operation.Movement> movements = new ArrayList<>();
          int number = authorization.last();
          while (books.at(number) instanceof Operation.Movement movement) {
            movements.addFirst(movement);
            number = movement.previous();
          }
          return movements;
        });
  }

  /** Keeps other notes with an authorization. */
  public Operation.Authorization annotate(String id, Operation.Notes notes) {
    return books.step(
        () -> {
          Operation.Authorization after = authorization(id).with(notes);
          books.write(after);
          return after;
        });
  }

  /** The authorization that this challenge link opens. */
  Optional<Operation.Authorization> challenged(String id, String token) {
    return books.step(
        () ->
            books.byId(id) instanceof Operation.Authorization authorization
                    && authorization.challenge() != null
                    && MessageDigest.isEqual(
                        authorization.challenge().token().getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8))
                ? Optional.of(authorization)
                : Optional.empty());
  }

  /** Takes the shopper's answer to a challenge; a second answer changes nothing. */
  Optional<Operation.Authorization> answer(String id, String token, boolean passed) {
    return books.step(
        () -> {
          Optional<Operation.Authorization> found = challenged(id, token);
          if (found.isEmpty() || !found.get().isWaiting()) {
            return found;
          }
          Operation.Authorization answered = found.get().answered(passed);
          boolean decides = answered.challenge() == null || answered.challenge().completed();
          Operation.Authorization after = decides ? decided(answered, passed) : answered;
          return Optional.of(taken(after));
        });
  }

  /** Gives up a challenge that nobody can be sent to. */
  public Operation.Authorization giveUp(String id) {
    return books.step(
        () -> {
          Operation.Authorization before = authorization(id);
          if (!before.isWaiting()) {
            throw Refused.state("not_completable", "There is no challenge to give up.");
          }
          Operation.Authorization after =
              apply(before, new Verdict.Decline("authentication_not_handled"));
          books.write(after);
          return after;
        });
  }

  /**
   * Goes on after the shopper answered, for a provider whose merchants must say so.
   *
   * @throws Refused if the shopper did not answer, or it went on already
   */
  public Operation.Authorization complete(String id) {
    return books.step(
        () -> {
          Operation.Authorization before = authorization(id);
          Boolean passed = before.challenge() == null ? null : before.challenge().passed();
          if (before.outcome().status() != Operation.Status.REQUIRES_ACTION || passed == null) {
            throw Refused.state("not_completable", "There is no answer to go on with.");
          }
          return taken(decided(before, passed));
        });
  }

  private Operation.Authorization decided(Operation.Authorization authorization, boolean passed) {
    Verdict verdict =
        passed
            ? Issuer.afterChallenge(authorization.terms().story(), authorization.isVerification())
            : new Verdict.Decline("authentication_failed");
    return apply(authorization, verdict);
  }

  @Override
  public void close() {
    books.close();
  }
}
