package dev.portcullis.gateway.pages;

import java.util.Comparator;
import java.util.Locale;

/**
 * One thing of a page that runs, frames, sends, or forbids that.
 *
 * @param subject which of its kind: an address, a header's name, at most {@value #LONGEST}
 *     characters
 * @param value what it is: a hash of the bytes, a header's text, at most {@value #LONGEST}
 *     characters
 */
record Item(Kind kind, String subject, String value) implements Comparable<Item> {

  /** Of a text; what is longer stands as its hash. */
  static final int LONGEST = 1_000;

  /** Before why, as the value of a file that nobody answered for. */
  static final String UNANSWERED = "was not answered: ";

  /** Before why, as the value of a file that whoever answers does not serve as such. */
  static final String NOT_SERVED = "is not served: ";

  private static final Comparator<Item> ORDER =
      Comparator.comparing(Item::kind).thenComparing(Item::subject).thenComparing(Item::value);

  /** What sort of thing it is. */
  enum Kind {
    /** The page as such: whether it can be compared at all. */
    PAGE("the page"),
    /** The whole document, of pages that are the same for everybody. */
    DOCUMENT("the document"),
    SCRIPT("the script"),
    /** What a browser takes a script for: a type can keep it from running. */
    SCRIPT_TYPE("the type of the script"),
    INLINE_SCRIPT("the script within the page"),
    HANDLER("the handler"),
    SCRIPT_ADDRESS("the javascript: address in"),
    BASE("the base address"),
    FRAME("the frame"),
    /** What a frame may do: {@code sandbox}, {@code allow}, {@code csp}. */
    FRAME_RIGHTS("the rights of the frame"),
    FORM("the form that goes to"),
    STYLESHEET("the stylesheet"),
    INLINE_STYLE("the style within the page"),
    LINK("the link of the relation"),
    META("the meta element"),
    HEADER("the header field");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Kind ofWire(String wire) {
      return valueOf(wire.toUpperCase(Locale.ROOT));
    }

    String words() {
      return words;
    }

    /** Whether it is a script, which PCI DSS 6.4.3 wants a justification of. */
    boolean runs() {
      return switch (this) {
        case SCRIPT, INLINE_SCRIPT, HANDLER, SCRIPT_ADDRESS -> true;
        case PAGE,
            DOCUMENT,
            SCRIPT_TYPE,
            BASE,
            FRAME,
            FRAME_RIGHTS,
            FORM,
            STYLESHEET,
            INLINE_STYLE,
            LINK,
            META,
            HEADER ->
            false;
      };
    }
  }

  Item {
    subject = bounded(subject);
    value = bounded(value);
  }

  /** The value of a file that could not be got. */
  static String missing(PageUnread why) {
    return (why.fault().passes() ? UNANSWERED : NOT_SERVED) + why.why();
  }

  /** Whether it is a file that could not be got. */
  boolean isMissing() {
    return value.startsWith(UNANSWERED) || value.startsWith(NOT_SERVED);
  }

  private static String bounded(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return plain.length() <= LONGEST
        ? plain
        : Hashes.sha384(text) + " of " + text.length() + " characters";
  }

  @Override
  public int compareTo(Item other) {
    return ORDER.compare(this, other);
  }
}
