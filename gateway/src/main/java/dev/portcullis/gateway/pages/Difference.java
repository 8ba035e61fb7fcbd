package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.pages.Item.Kind;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is otherwise in a page than was expected.
 *
 * @param expected null if it was not expected at all
 * @param received null if it is gone
 */
record Difference(Kind kind, String subject, @Nullable String expected, @Nullable String received) {

  /** The page cannot be compared. */
  static Difference of(PageUnread why) {
    return new Difference(Kind.PAGE, why.name(), "a page that can be compared", why.why());
  }

  /** Whether it is that the page cannot be compared. */
  boolean isBlind() {
    return kind == Kind.PAGE;
  }

  /** Whether it is nothing but that nobody answered for something which is expected. */
  boolean isUnanswered() {
    return expected != null && received != null && received.startsWith(Item.UNANSWERED);
  }

  /** For a person. */
  String sentence() {
    if (isBlind()) {
      return "the page cannot be compared: " + received;
    }
    String what = kind.words() + " " + subject;
    if (expected == null) {
      return what + " was added: " + received;
    }
    return received == null
        ? what + " is gone; expected " + expected
        : what + " has changed: expected " + expected + ", received " + received;
  }

  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("kind", kind.wire());
    json.put("subject", subject);
    json.put("expected", expected);
    json.put("received", received);
    json.put("message", sentence());
    return json;
  }
}
