package dev.portcullis.wire.people;

import dev.portcullis.kit.Secret;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.net.ClientAddress;
import dev.portcullis.wire.people.HashingPlaces.Asker;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Lets people in who know their password and have their authenticator, both at once: nobody learns
 * which of the two was wrong, nor whether there is such a person (PCI DSS 8.4.3, ASVS 5.0 6.3.8).
 */
public final class SignIn {

  /** How long a session lasts, whatever is done in it (PCI DSS 8.2.8). */
  public static final Duration SESSION = Duration.ofMinutes(15);

  /** Who has not come for so long does not come in any more (PCI DSS 8.2.6). */
  public static final Duration UNUSED = Duration.ofDays(90);

  private static final Duration ATTEMPTS_KEPT = Duration.ofDays(1);
  private static final int NETWORK_BYTES = 8;
  private static final String WRONG = "The name, password or code is wrong.";

  private final PeopleStore store;
  private final Passwords passwords;
  private final TotpSeal seal;
  private final SecureRandom random;
  private final InstantSource clock;
  private final FailedSignIns failures;

  /** Stands in for whoever is not there, so that looking takes as long. */
  private @Nullable Factors nobody;

  SignIn(
      PeopleStore store,
      Passwords passwords,
      TotpSeal seal,
      SecureRandom random,
      InstantSource clock) {
    this.store = store;
    this.passwords = passwords;
    this.seal = seal;
    this.random = random;
    this.clock = clock;
    this.failures = new FailedSignIns(store);
  }

  /** Made at the first attempt, whoever's it is, and not at every start. */
  private synchronized Factors nobody() {
    Factors made = nobody;
    if (made == null) {
      String name = "nobody";
      made =
          new Factors(
              name,
              passwords.hash(Secret.of(Token.session(random)), Asker.KNOWN),
              seal.seal(name, Totp.newSecret(random)),
              0);
      nobody = made;
    }
    return made;
  }

  /**
   * Somebody let in.
   *
   * @param token what the person shows from now on; it is not kept
   * @param place what the person may show when they sign in here again; it opens nothing
   */
  public record SignedIn(String token, String place, Session session) {
    @Override
    public String toString() {
      return "SignedIn[" + session.person() + "]";
    }
  }

  /**
   * Opens a session.
   *
   * @param place what was given to the person when they last signed in there, or null
   * @param address from where
   * @throws ApiException 401 if name, password and code are not all right
   * @throws TooManyAttempts if the place, or else the name or the address, has failed too often
   */
  public SignedIn signIn(
      String name, Secret password, String code, @Nullable String place, String address) {
    Instant now = clock.instant();
    store.prune(now, now.minus(ATTEMPTS_KEPT));
    // Here and by no timer: nothing can be done without this, however long nobody came.
    store.disableUnused(
        now.minus(UNUSED),
        now,
        person -> new Act("system", "", "person.disabled", person, "unused for 90 days"));
    Optional<KnownPlace> known = place(place, now).filter(found -> found.person().equals(name));
    if (known.isPresent()) {
      count(known.get().subject(), Attempts.Throttle.PERSON, now);
    } else {
      countAddress(address, now);
      count(nameSubject(name), Attempts.Throttle.PERSON, now);
    }
    Factors standIn = nobody();
    Optional<Factors> found = store.factors(name);
    Factors factors = found.orElse(standIn);
    boolean passwordRight =
        passwords.matches(
            password, factors.password(), known.isPresent() ? Asker.KNOWN : Asker.STRANGER);
    OptionalLong step = step(factors, code, now);
    // Both were looked at before either counts.
    if (!(found.isPresent() && passwordRight && step.isPresent())
        || !store.useStep(name, step.getAsLong())) {
      failures.record(found.isPresent() ? name : "unknown", address, now);
      throw new ApiException(ApiErrors.unauthorized(WRONG));
    }
    if (known.isPresent()) {
      store.attempt(known.get().subject(), _ -> Attempts.NONE);
    } else {
      store.attempt(nameSubject(name), _ -> Attempts.NONE);
      store.attempt(addressSubject(address), Attempts::takenBack);
    }
    return open(name, known.isPresent() ? place : null, address, now);
  }

  private Optional<KnownPlace> place(@Nullable String place, Instant now) {
    return place == null ? Optional.empty() : KnownPlace.read(place, seal, now);
  }

  /** Whether somebody has signed in before from where this was kept. */
  public boolean isKnownPlace(String place) {
    return place(place, clock.instant()).isPresent();
  }

  /**
   * Counts an attempt of an address. This machine's own is everybody's on it: whoever may run a
   * program here could lock it for all, and so it never is. Names are, wherever they are tried.
   */
  void countAddress(String address, Instant now) {
    if (!ClientAddress.isLoopback(address)) {
      count(addressSubject(address), Attempts.Throttle.ADDRESS, now);
    }
  }

  private OptionalLong step(Factors factors, String code, Instant now) {
    byte[] secret = seal.open(factors.person(), factors.totp());
    try {
      return Totp.match(secret, code, now, factors.lastStep());
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private SignedIn open(String name, @Nullable String place, String address, Instant now) {
    String token = Token.session(random);
    byte[] hash = Token.hash(token);
    Act act = new Act(name, address, "person.signed_in", name, "");
    store.open(hash, name, now.plus(SESSION), now, act);
    Session session =
        store.session(hash, now).orElseThrow(() -> new ApiException(ApiErrors.unauthorized(WRONG)));
    // The same one again: a stolen one does not live on by being used, and its owner has one count.
    String kept = place == null ? KnownPlace.issue(name, seal, random, now) : place;
    return new SignedIn(token, kept, session);
  }

  /** Counts an attempt before it is looked at. */
  void count(String subject, Attempts.Throttle throttle, Instant now) {
    Attempts before = store.attempt(subject, attempts -> attempts.counted(throttle, now));
    if (before.isLocked(now)) {
      throw new TooManyAttempts(Duration.between(now, before.until()));
    }
  }

  /** The session of that token, if there is one. */
  public Optional<Session> session(String token) {
    return store.session(Token.hash(token), clock.instant());
  }

  /** Puts on record how often signing in failed beyond what is on record; for a timer. */
  public void recordFailures() {
    failures.tell(clock.instant());
  }

  /** The same when the process ends. */
  public void recordLastFailures() {
    failures.tellAll(clock.instant());
  }

  /** Ends a session. */
  public void signOut(String token, Session session, String address) {
    store.close(
        Token.hash(token),
        new Act(session.person(), address, "person.signed_out", session.person(), ""));
  }

  static String nameSubject(String name) {
    return "name:" + name;
  }

  /** One subscriber has a whole network of IPv6, so its addresses count as one (RFC 6177). */
  static String addressSubject(String address) {
    try {
      byte[] bytes = InetAddress.ofLiteral(address).getAddress();
      if (bytes.length > NETWORK_BYTES) {
        Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
      }
      return "address:" + java.util.HexFormat.of().formatHex(bytes);
    } catch (IllegalArgumentException e) {
      return "address:other";
    }
  }
}
