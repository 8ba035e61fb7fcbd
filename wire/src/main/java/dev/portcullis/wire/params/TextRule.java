package dev.portcullis.wire.params;

import java.text.Normalizer;
import java.util.function.IntPredicate;

/**
 * What a client's text becomes before it is stored or compared. Names in any script pass; what
 * nobody typed is dropped, and what can only deceive is refused:
 *
 * <ul>
 *   <li>refused: line ends and tabs where one line is declared, the right-to-left override, code
 *       points that are no characters, tag characters outside a flag, and more than {@value
 *       #MAX_MARKS} combining marks in a row (UAX #15, Stream-Safe Text);
 *   <li>dropped, since copying from address books and pages adds them unseen: embeddings, isolates
 *       and the left-to-right override, zero-width spaces, soft hyphens, joiners that join nothing;
 *   <li>kept: joiners between letters or emoji, the marks of direction, private use;
 *   <li>the rest in Normalization Form C, so that one name has one spelling.
 * </ul>
 */
final class TextRule {

  static final int MAX_MARKS = 30;

  private static final int RIGHT_TO_LEFT_OVERRIDE = 0x202E;
  private static final int BLACK_FLAG = 0x1F3F4;
  private static final int NON_JOINER = 0x200C;
  private static final int JOINER = 0x200D;

  private TextRule() {}

  /**
   * The text as it is kept.
   *
   * @param lines whether it may have several lines
   * @throws dev.portcullis.wire.error.ApiException 400 that names the parameter
   */
  static String clean(String text, boolean lines, String path) {
    if (isPlain(text)) {
      return text;
    }
    if (!lines && has(text, c -> c == '\n' || c == '\r' || c == '\t')) {
      throw refused(path, "it must be on one line, without tabs");
    }
    if (has(text, c -> c == RIGHT_TO_LEFT_OVERRIDE)) {
      throw refused(path, "it holds a right-to-left override, U+202E");
    }
    if (has(text, TextRule::isNoCharacter)) {
      throw refused(path, "it holds a code point that is no character");
    }
    int[] points = text.codePoints().toArray();
    StringBuilder kept = new StringBuilder(text.length());
    for (int at = 0; at < points.length; at++) {
      if (isTag(points[at]) && !belongsToFlag(points, at)) {
        throw refused(path, "it holds tag characters, which nobody sees");
      }
      if (!isDropped(points, at)) {
        kept.appendCodePoint(points[at]);
      }
    }
    requireFewMarks(kept, path);
    return Normalizer.normalize(kept, Normalizer.Form.NFC);
  }

  /** Most texts: printable ASCII, of which nothing needs to be looked at. */
  private static boolean isPlain(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  private static boolean has(String text, IntPredicate what) {
    return text.codePoints().anyMatch(what);
  }

  private static boolean isNoCharacter(int c) {
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
  }

  private static boolean isTag(int c) {
    return c >= 0xE0000 && c <= 0xE007F;
  }

  /** England's flag is a black flag and its name in tags (UTS #51, emoji tag sequence). */
  private static boolean belongsToFlag(int[] points, int at) {
    int before = at;
    while (before > 0 && isTag(points[before])) {
      before--;
    }
    return points[before] == BLACK_FLAG;
  }

  private static boolean isDropped(int[] points, int at) {
    return switch (points[at]) {
      case 0x00AD, 0x180E, 0x200B, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF -> true;
      case 0x202A, 0x202B, 0x202C, 0x202D, 0x2066, 0x2067, 0x2068, 0x2069 -> true;
      case 0x115F, 0x1160, 0x3164, 0xFFA0 -> true;
      case NON_JOINER, JOINER -> !joins(points, at);
      default -> false;
    };
  }

  /** Scripts and emoji that need joiners are not ASCII; a joiner beside ASCII hides something. */
  private static boolean joins(int[] points, int at) {
    return at > 0 && at + 1 < points.length && points[at - 1] > '~' && points[at + 1] > '~';
  }

  private static void requireFewMarks(CharSequence text, String path) {
    int marks = 0;
    for (int point : text.codePoints().toArray()) {
      int type = Character.getType(point);
      boolean mark = type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
      marks = mark ? marks + 1 : 0;
      if (marks > MAX_MARKS) {
        throw refused(path, "it has more than " + MAX_MARKS + " combining marks in a row");
      }
    }
  }

  private static RuntimeException refused(String path, String why) {
    return Bounds.refused(path, "parameter_invalid_characters", "Invalid string: " + why + ".");
  }
}
