package dev.portcullis.wire.people;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.people.HashingPlaces.Asker;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * One zone's register of people. Nobody chooses another's password: who is added, or reset, gets a
 * code with which they choose it themselves.
 */
public final class People {

  /** The form of a name; by those that are not allowed the audit trail calls what is nobody. */
  public static final Pattern NAME =
      Pattern.compile("(?!(?:system|unknown|schedule)$)[a-z][a-z0-9._-]{1,39}");

  /** How long a code for enrolling can be used. */
  public static final Duration CODE_LIFE = Duration.ofHours(24);

  /** Which passwords are taken, for whoever is about to choose one. */
  public static final String PASSWORD_RULES =
      "A password has %d to %d characters of any kind: a sentence or a random one. Not taken are those that are tried first (common words, runs, repetitions) and those that hold your name or the product's."
          .formatted(PasswordRules.MIN, PasswordRules.MAX);

  private final PeopleStore store;
  private final String issuer;
  private final Passwords passwords;
  private final PasswordRules rules;
  private final TotpSeal seal;
  private final SecureRandom random;
  private final InstantSource clock;
  private final SignIn signIn;

  /**
   * @param issuer what the person's app shows beside the name, for instance {@code Portcullis
   *     vault}
   */
  public People(
      PeopleStore store,
      String issuer,
      TotpSeal seal,
      SecretAccess access,
      SecureRandom random,
      InstantSource clock) {
    this.store = store;
    this.issuer = issuer;
    this.passwords = new Passwords(access, random);
    this.rules = new PasswordRules(access);
    this.seal = seal;
    this.random = random;
    this.clock = clock;
    this.signIn = new SignIn(store, passwords, seal, random, clock);
  }

  /** Signing in, out, and who is signed in. */
  public SignIn signIn() {
    return signIn;
  }

  /** Everybody, the removed ones too. */
  public List<Person> list() {
    return store.list();
  }

  /**
   * Lets whoever knows a code become an administrator, as long as there is none who could let them
   * in: the first of all, or when the last one was disabled.
   *
   * @param codeHash as {@link Token#hash} makes it
   */
  public void offerSetup(byte[] codeHash, Instant expires) {
    store.offer(
        new Enrollment(codeHash, null, Role.ADMINISTRATOR, expires, false, null), clock.instant());
  }

  /**
   * Lets whoever knows the code of {@link #offerSetup} do what comes before anybody can be signed
   * in; the code is not used up.
   *
   * @throws ApiException 400 if the code does not hold, or there is an administrator
   * @throws TooManyAttempts if the address has failed too often
   */
  public void requireSetup(String code, String address) {
    valid(code, "", address, clock.instant());
  }

  /**
   * Adds somebody.
   *
   * @return the code with which they enrol; it is not kept
   * @throws ApiException 400 if the name is taken, or was
   */
  public String add(String name, Role role, Session by, String address) {
    String code = Token.enrollmentCode(random);
    Instant now = clock.instant();
    Person person = new Person(name, role, Person.Status.INVITED, now, by.person(), null);
    Act act = new Act(by.person(), address, "person.added", name, role.wireName());
    if (!store.invite(person, enrollment(code, name, role, now), act)) {
      throw new ApiException(
          ApiErrors.invalid(
              "name", "name_taken", "There is, or was, somebody of the name " + name + "."));
    }
    return code;
  }

  /**
   * Takes somebody's password and authenticator away, and ends their sessions.
   *
   * @return the code with which they enrol anew; it is not kept
   * @throws ApiException 404 if there is no such person; 400 for the last administrator
   */
  public String reset(String name, Session by, String address) {
    String code = Token.enrollmentCode(random);
    Instant now = clock.instant();
    Role role =
        store.list().stream()
            .filter(person -> person.name().equals(name))
            .map(Person::role)
            .findFirst()
            .orElseThrow(() -> noSuchPerson(name));
    require(
        store.reset(
            name,
            enrollment(code, name, role, now),
            now,
            new Act(by.person(), address, "person.reset", name, "")),
        name);
    return code;
  }

  /**
   * Removes somebody for good; their sessions end with it.
   *
   * @throws ApiException 404 if there is no such person; 400 for the last administrator
   */
  public void remove(String name, Session by, String address) {
    Act act = new Act(by.person(), address, "person.removed", name, "");
    require(store.remove(name, clock.instant(), act), name);
  }

  private static void require(PeopleStore.Outcome outcome, String name) {
    switch (outcome) {
      case DONE -> {}
      case NO_SUCH_PERSON -> throw noSuchPerson(name);
      case LAST_ADMINISTRATOR ->
          throw new ApiException(
              ApiErrors.invalid(
                  "name",
                  "last_administrator",
                  name + " is the last administrator; add another one first."));
    }
  }

  private static ApiException noSuchPerson(String name) {
    return new ApiException(ApiErrors.noSuch("person", name, "name"));
  }

  private static Enrollment enrollment(String code, String name, Role role, Instant now) {
    return new Enrollment(Token.hash(code), name, role, now.plus(CODE_LIFE), false, null);
  }

  /**
   * What a person puts into their authenticator.
   *
   * @param secret in base 32
   * @param url the same as a URL
   */
  public record Authenticator(String secret, String url) {
    @Override
    public String toString() {
      return "Authenticator[]";
    }
  }

  /**
   * Chooses a password under a code, and gives the secret of the authenticator. Nothing counts
   * until {@link #confirm}; until then it can be done again.
   *
   * @throws ApiException 400 if the code does not hold for that name, or the password is refused
   * @throws TooManyAttempts if the address has failed too often
   */
  public Authenticator begin(String code, String name, Secret password, String address) {
    Instant now = clock.instant();
    Enrollment enrollment = valid(code, name, address, now);
    rules.check(name, password);
    byte[] secret = Totp.newSecret(random);
    try {
      store.propose(
          enrollment.codeHash(),
          new Factors(name, passwords.hash(password, Asker.KNOWN), seal.seal(name, secret), 0));
      return new Authenticator(Totp.base32(secret), Totp.url(issuer, name, secret));
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /**
   * Proves with a first code that the authenticator has its secret; from now on the person can sign
   * in, and the code for enrolling is used up.
   *
   * @throws ApiException 400 if either code does not hold
   * @throws TooManyAttempts if the address has failed too often
   */
  public void confirm(String code, String name, String totp, String address) {
    Instant now = clock.instant();
    Enrollment enrollment = valid(code, name, address, now);
    Factors proposed = enrollment.proposed();
    if (proposed == null || !proposed.person().equals(name)) {
      throw refusedCode();
    }
    byte[] secret = seal.open(name, proposed.totp());
    OptionalLong step;
    try {
      step = Totp.match(secret, totp, now, 0);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
    if (step.isEmpty()) {
      throw new ApiException(
          ApiErrors.invalid(
              "totp",
              "totp_wrong",
              "That is not the authenticator's code. Is this machine's clock right?"));
    }
    Act act = new Act(name, address, "person.enrolled", name, enrollment.role().wireName());
    if (!store.enroll(enrollment, proposed, step.getAsLong(), now, act)) {
      throw refusedCode();
    }
    store.attempt(SignIn.nameSubject(name), _ -> Attempts.NONE);
  }

  /** The enrolment, if it is still good and is for that person. */
  private Enrollment valid(String code, String name, String address, Instant now) {
    signIn.countAddress(address, now);
    Enrollment enrollment =
        store
            .enrollment(Token.hash(code))
            .filter(found -> !found.used() && now.isBefore(found.expires()))
            .filter(
                found ->
                    found.person() == null
                        ? !store.hasAdministrator()
                        : name.equals(found.person()))
            .orElseThrow(People::refusedCode);
    store.attempt(SignIn.addressSubject(address), Attempts::takenBack);
    return enrollment;
  }

  /** One answer for a code that is wrong, used, over, or another's. */
  private static ApiException refusedCode() {
    return new ApiException(
        ApiErrors.invalid(
            "enrollment_code",
            "enrollment_code_invalid",
            "This enrollment code is not valid for that name, was used, or is more than a day"
                + " old."));
  }
}
