package dev.portcullis.wire.webhook;

/** Whether what came is signed as it should be. */
public sealed interface Verdict {

  /**
   * It is.
   *
   * @param by the place of the first secret or key that signed it, from 0 on, in the caller's list
   */
  record Genuine(int by) implements Verdict {}

  /**
   * It is not, or it cannot be told.
   *
   * @param reason for a log; whoever sent it is not told
   */
  record Refused(Reason reason) implements Verdict {}

  /** Whether it is signed as it should be. */
  default boolean isGenuine() {
    return this instanceof Genuine;
  }

  /** Why something is refused, in the order in which it is looked at. */
  enum Reason {
    HEADER_MISSING("a header is missing"),
    HEADER_REPEATED("a header came more than once"),
    HEADER_TOO_LONG("a header is too long"),
    HEADER_MALFORMED("a header holds what it never holds"),
    TIME_MISSING("there is no time"),
    TIME_REPEATED("there is more than one time"),
    TIME_MALFORMED("the time is none"),
    ID_MALFORMED("the id is none"),
    SIGNATURE_MISSING("there is no signature of a scheme that counts"),
    TOO_OLD("it was signed too long ago"),
    FROM_THE_FUTURE("it was signed too far in the future"),
    SIGNATURE_WRONG("no secret has signed it");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** The reason in words. */
    public String text() {
      return text;
    }
  }
}
