package dev.portcullis.cli.home;

/**
 * Something that only the person at the terminal can mend. Its message is one plain sentence that
 * says what is wrong and what to do; it is shown without a stack trace.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Refusal(String sentence) {
    super(sentence);
  }

  public Refusal(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
