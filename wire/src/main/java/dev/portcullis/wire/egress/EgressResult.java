package dev.portcullis.wire.egress;

import java.util.List;
import java.util.Map;

/** What came of a call. */
public sealed interface EgressResult {

  /**
   * The other side answered.
   *
   * @param status the HTTP status
   * @param headers by lower-case name; of several with one name, the first
   * @param lines by lower-case name, all of them in the order in which they came
   * @param body the bytes, empty if there are none
   */
  record Answered(
      int status, Map<String, String> headers, Map<String, List<String>> lines, byte[] body)
      implements EgressResult {
    public Answered {
      headers = Map.copyOf(headers);
      lines = Map.copyOf(lines);
    }

    /** Not the body: it may hold what must not be shown. */
    @Override
    public String toString() {
      return "Answered[" + status + ", " + body.length + " bytes]";
    }
  }

  /** It is certain that no byte of the request left: nothing was done there. */
  record NotSent(String reason) implements EgressResult {}

  /** The request may have arrived, and no whole answer came: anything may have been done there. */
  record NoAnswer(String reason) implements EgressResult {}
}
