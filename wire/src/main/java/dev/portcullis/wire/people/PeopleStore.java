package dev.portcullis.wire.people;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Where a zone keeps its people. Each method is one transaction; an {@link Act} that is given to it
 * is in the audit trail when it returns, and not without the change.
 */
public interface PeopleStore {

  /** Whether somebody active can let people in. */
  boolean hasAdministrator();

  /** Everybody, the removed ones too, by name. */
  List<Person> list();

  /** What an active person's factors are checked against. */
  Optional<Factors> factors(String person);

  /** Notes that a code of that step was used; false if one of it or of a later one was before. */
  boolean useStep(String person, long step);

  /** Changes what is known of somebody's attempts, one after another; what it was before. */
  Attempts attempt(String subject, UnaryOperator<Attempts> change);

  /** Forgets sessions and codes that are over, and attempts older than that time. */
  void prune(Instant now, Instant attemptsBefore);

  /**
   * Takes password, authenticator and sessions away from everybody active who has neither enrolled
   * nor signed in since then, the last administrator too.
   *
   * @param act what the trail says of each, by name
   */
  void disableUnused(Instant since, Instant now, Function<String, Act> act);

  /** Keeps an enrolment of nobody in particular, unless its code is known already. */
  void offer(Enrollment enrollment, Instant now);

  /** Adds somebody who has still to choose a password; false if the name is taken. */
  boolean invite(Person person, Enrollment enrollment, Act act);

  /** What became of a change to somebody. */
  enum Outcome {
    DONE,
    NO_SUCH_PERSON,
    /** Nobody would be left who can let people in. */
    LAST_ADMINISTRATOR
  }

  /** Takes somebody's factors, sessions and older codes away and gives a new code. */
  Outcome reset(String person, Enrollment enrollment, Instant now, Act act);

  /** Takes everything away for good. */
  Outcome remove(String person, Instant now, Act act);

  /** The enrolment of that code. */
  Optional<Enrollment> enrollment(byte[] codeHash);

  /** Keeps what was chosen under a code until its first code proves that it arrived. */
  void propose(byte[] codeHash, Factors factors);

  /**
   * Uses a code up and makes its person active; false if somebody was quicker.
   *
   * @param step the step of the first code
   */
  boolean enroll(Enrollment enrollment, Factors factors, long step, Instant now, Act act);

  /** Keeps a session of an active person. */
  void open(byte[] tokenHash, String person, Instant expires, Instant now, Act act);

  /** The session of that token, if it is not over and its person is active. */
  Optional<Session> session(byte[] tokenHash, Instant now);

  /** Ends a session. */
  void close(byte[] tokenHash, Act act);

  /** An entry of the trail alone. */
  void record(Act act);
}
