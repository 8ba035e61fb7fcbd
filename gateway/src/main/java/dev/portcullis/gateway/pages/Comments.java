package dev.portcullis.gateway.pages;

import java.util.BitSet;
import java.util.Locale;
import java.util.Set;

/**
 * Takes the comments out of a script or a stylesheet. What looks like the beginning of one within a
 * text, a template, a pattern or an address is none, or it would hide all that follows. No parser:
 * where it cannot tell what is a text and what a pattern, the script is given as it is as well, and
 * what its comments say is found too many; nothing is hidden. It looks at each character a bounded
 * number of times.
 */
final class Comments {

  /** After these a slash begins a pattern; after a name, a number or a bracket it divides. */
  private static final String BEFORE_PATTERN = "(,=:[!&|?{;+-*%~^<>";

  /** After these, too, a pattern may begin: unless they are the names of properties. */
  private static final Set<String> WORDS =
      Set.of(
          "await",
          "case",
          "default",
          "delete",
          "do",
          "else",
          "extends",
          "in",
          "instanceof",
          "new",
          "of",
          "return",
          "throw",
          "typeof",
          "void",
          "yield");

  /** What they have in brackets is followed by a statement, which may begin with a pattern. */
  private static final Set<String> CONDITIONS = Set.of("await", "for", "if", "while", "with");

  private static final int LONGEST_WORD = 10;

  /** Whatever is longer may be anything. */
  private static final int LONGEST_PATTERN = 1_000;

  private final String text;
  private final boolean script;
  private final StringBuilder kept;
  private final BitSet conditions = new BitSet(); // of the brackets that are open
  private int depth;
  private boolean afterCondition;
  private boolean undecided;
  private int afterLine = -1; // the last character of a comment that was kept
  private int at;

  private Comments(String text, boolean script) {
    this.text = text;
    this.script = script;
    this.kept = new StringBuilder(text.length());
  }

  /** Of a script: blocks, and lines that are nothing else. */
  static String outOfScript(String text) {
    Comments comments = new Comments(text, true);
    String taken = comments.taken();
    return comments.undecided ? String.join("\n", taken, text, withoutBlocks(text)) : taken;
  }

  /** Without all that could be one, whatever it stands in. */
  private static String withoutBlocks(String text) {
    StringBuilder rest = new StringBuilder(text.length());
    int from = 0;
    for (int open = text.indexOf("/*"); open >= 0; open = text.indexOf("/*", from)) {
      int end = text.indexOf("*/", open + 2);
      rest.append(text, from, open).append(' ');
      from = end < 0 ? text.length() : end + 2;
    }
    return rest.append(text, from, text.length()).toString();
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
        template();
      } else if (script && next == '/') {
        slash();
      } else if (!script && isAddress()) {
        keepTo(text.indexOf(')', at));
      } else {
        bracket(next);
        keepTo(at);
      }
    }
    return kept.toString();
  }

  private void bracket(char each) {
    if (each == '(') {
      conditions.set(depth++, CONDITIONS.contains(lastWord()));
    } else if (each == ')' && depth > 0) {
      afterCondition = conditions.get(--depth);
    }
  }

  /** One that has another in it ends where that begins, as far as can be seen from here. */
  private void template() {
    int begin = kept.length();
    keepQuoted('`', false);
    String template = kept.substring(begin);
    int value = template.lastIndexOf("${");
    undecided |= value >= 0 && count(template, '{', value) > count(template, '}', value);
  }

  private static long count(String in, char which, int from) {
    return in.chars().skip(from).filter(each -> each == which).count();
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
        afterLine = kept.length() - 1;
      }
    } else if (beginsPattern()) {
      pattern();
    } else {
      undecided = undecided || (mayBeginPattern() && mattersAsPattern());
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

  /** The name or word that was kept last, or the end of a long one; empty if it was none. */
  private String lastWord() {
    int last = lastKept(false);
    int first = last;
    while (first >= 0
        && last - first <= LONGEST_WORD
        && Character.isJavaIdentifierPart(kept.charAt(first))) {
      first--;
    }
    return kept.substring(first + 1, last + 1);
  }

  private boolean beginsPattern() {
    int before = lastKept(false);
    return before < 0
        || (BEFORE_PATTERN.indexOf(kept.charAt(before)) >= 0
            && before > afterLine
            && !isAfterCount(before));
  }

  private boolean mayBeginPattern() {
    int before = lastKept(false);
    char last = kept.charAt(before);
    return last == '}'
        || before <= afterLine
        || (last == ')' && afterCondition)
        || isAfterCount(before)
        || WORDS.contains(lastWord());
  }

  /** Whether what ends there counts up or down: what it counts may stand before it or behind. */
  private boolean isAfterCount(int end) {
    char last = kept.charAt(end);
    return (last == '+' || last == '-') && end > 0 && kept.charAt(end - 1) == last;
  }

  /** Where a pattern that begins here ends; with its line, or where one looks, at the latest. */
  private int patternEnd(int most) {
    int end = at + 1;
    boolean inClass = false;
    while (end < most && !isLineEnd(text.charAt(end))) {
      char each = text.charAt(end);
      if (each == '/' && !inClass) {
        break;
      }
      inClass = each == '[' || (inClass && each != ']');
      end += each == '\\' ? 2 : 1;
    }
    return Math.min(end, most);
  }

  private void pattern() {
    keepTo(Math.min(patternEnd(text.length()), text.length() - 1));
  }

  /** Whether it makes a difference to what follows if a pattern begins here. */
  private boolean mattersAsPattern() {
    int most = Math.min(text.length(), at + LONGEST_PATTERN);
    int end = patternEnd(most);
    if (end == most) {
      return most < text.length();
    }
    String pattern = text.substring(at + 1, Math.min(end + 2, text.length()));
    return text.charAt(end) == '/'
        && (pattern.contains("/*")
            || pattern.contains("//")
            || pattern.chars().anyMatch(each -> "\"'`".indexOf(each) >= 0));
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
