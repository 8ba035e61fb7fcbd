package dev.portcullis.gateway.pages;

import java.util.Locale;

/**
 * Takes the comments out of a script or a stylesheet. What looks like the beginning of one within a
 * text, a template, a pattern or an address is none, or it would hide all that follows. No parser:
 * where it takes something for a text that is none, a comment stays and what it says is found too
 * many; nothing is hidden. It looks at each character a bounded number of times.
 */
final class Comments {

  /** After these a slash begins a pattern; after a name, a number or a bracket it divides. */
  private static final String BEFORE_PATTERN = "(,=:[!&|?{};+-*%~^<>";

  private final String text;
  private final boolean script;
  private final StringBuilder kept;
  private int at;

  private Comments(String text, boolean script) {
    this.text = text;
    this.script = script;
    this.kept = new StringBuilder(text.length());
  }

  /** Of a script: blocks, and lines that are nothing else. */
  static String outOfScript(String text) {
    return new Comments(text, true).taken();
  }

  /** Of a stylesheet. */
  static String outOfStyles(String text) {
    return new Comments(text, false).taken();
  }

  private String taken() {
    while (at < text.length()) {
      char next = text.charAt(at);
      if (isAt("/*")) {
        block();
      } else if (next == '"' || next == '\'') {
        keepQuoted(next, true);
      } else if (script && next == '`') {
        keepQuoted(next, false);
      } else if (script && next == '/') {
        slash();
      } else if (!script && isAddress()) {
        keepTo(text.indexOf(')', at));
      } else {
        keepTo(at);
      }
    }
    return kept.toString();
  }

  private boolean isAt(String token) {
    return text.startsWith(token, at);
  }

  /** One that nobody closes reaches to the end, as browsers have it. */
  private void block() {
    int end = text.indexOf("*/", at + 2);
    at = end < 0 ? text.length() : end + 2;
    kept.append(' ');
  }

  /** Keeps all up to there, and that character too; all that is left if there is none. */
  private void keepTo(int last) {
    int end = last < 0 ? text.length() : last + 1;
    kept.append(text, at, end);
    at = end;
  }

  /** A text ends with its line at the latest, unless the line's end is escaped. */
  private void keepQuoted(char quote, boolean inLine) {
    int end = at + 1;
    while (end < text.length()) {
      char each = text.charAt(end);
      if (each == quote || (inLine && isLineEnd(each))) {
        break;
      }
      end += each == '\\' ? 2 : 1;
    }
    keepTo(Math.min(end, text.length() - 1));
  }

  private void slash() {
    if (isAt("//")) {
      int end = lineEnd();
      if (isFirstOfLine()) {
        at = end;
      } else {
        // An address perhaps, or the end of a pattern: what it says is kept, and begins nothing.
        keepTo(end - 1);
      }
    } else if (beginsPattern()) {
      pattern();
    } else {
      keepTo(at);
    }
  }

  private int lineEnd() {
    int end = at;
    while (end < text.length() && !isLineEnd(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isLineEnd(char each) {
    return each == '\n' || each == '\r' || each == '\f' || each == '\u2028' || each == '\u2029';
  }

  private boolean isFirstOfLine() {
    int before = lastKept(true);
    return before < 0 || isLineEnd(kept.charAt(before));
  }

  /** The last character that was kept and is no space. */
  private int lastKept(boolean lineEndsCount) {
    int before = kept.length() - 1;
    while (before >= 0
        && Character.isWhitespace(kept.charAt(before))
        && !(lineEndsCount && isLineEnd(kept.charAt(before)))) {
      before--;
    }
    return before;
  }

  private boolean beginsPattern() {
    int before = lastKept(false);
    return before < 0 || BEFORE_PATTERN.indexOf(kept.charAt(before)) >= 0;
  }

  /** A pattern ends with its line at the latest. */
  private void pattern() {
    int end = at + 1;
    boolean inClass = false;
    while (end < text.length() && !isLineEnd(text.charAt(end))) {
      char each = text.charAt(end);
      if (each == '/' && !inClass) {
        break;
      }
      inClass = each == '[' || (inClass && each != ']');
      end += each == '\\' ? 2 : 1;
    }
    keepTo(Math.min(end, text.length() - 1));
  }

  /** An address without quotes, in which nothing begins a comment. */
  private boolean isAddress() {
    if (text.charAt(at) != '(' || kept.length() < 3) {
      return false;
    }
    String name = kept.substring(kept.length() - 3).toLowerCase(Locale.ROOT);
    int inside = at + 1;
    while (inside < text.length() && Character.isWhitespace(text.charAt(inside))) {
      inside++;
    }
    return name.equals("url")
        && inside < text.length()
        && "\"'".indexOf(text.charAt(inside)) < 0
        && !text.startsWith("/*", inside);
  }
}
