package dev.portcullis.wire.card;

import dev.portcullis.kit.Luhn;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds card numbers in text where none may be: typed whole or in groups, beside other numbers (an
 * expiry, a CVC, an order's), with the separators that people use, in the digits of any script.
 *
 * <p>A card number here has a prefix and a length that a scheme issues, and the right check digit.
 * So a date or an order's number passes, which a business needs in its metadata.
 */
public final class CardNumbers {

  private static final Pattern UUID =
      Pattern.compile(
          "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

  private static final int MIN_DIGITS = 13;
  private static final int MAX_DIGITS = 19;

  /**
   * Groups that one number may be written in; a longer row of groups is looked at piece by piece.
   */
  private static final int MAX_GROUPS = 10;

  /** Digits without anything between them: from {@code start} to before {@code end}. */
  private record Group(int start, int end) {}

  private record Match(int start, int end) {}

  private CardNumbers() {}

  /** Whether there is a card number in the text. */
  public static boolean find(CharSequence text) {
    return next(text, 0) != null;
  }

  /**
   * Whether there is a card number in a value that a client sent. A random UUID passes: its digits
   * now and then look like a number in groups, and SDKs send them as keys.
   */
  public static boolean findInValue(CharSequence value) {
    return find(value) && !UUID.matcher(value).matches();
  }

  /** The text with each card number replaced. */
  public static String replace(String text, String replacement) {
    Match match = next(text, 0);
    if (match == null) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int from = 0;
    while (match != null) {
      out.append(text, from, match.start()).append(replacement);
      from = match.end();
      match = next(text, from);
    }
    return out.append(text, from, text.length()).toString();
  }

  private static @Nullable Match next(CharSequence text, int from) {
    int at = from;
    while (at < text.length()) {
      if (digit(text, at) < 0) {
        at++;
        continue;
      }
      List<Group> groups = groupsFrom(text, at);
      Match match = firstIn(text, groups);
      if (match != null) {
        return match;
      }
      // The next look begins at the second group: a number may begin anywhere in the row.
      at = groups.getFirst().end();
    }
    return null;
  }

  /** The row of groups that begins here, with at most one separator between two. */
  private static List<Group> groupsFrom(CharSequence text, int start) {
    List<Group> groups = new ArrayList<>();
    int at = start;
    while (groups.size() < MAX_GROUPS && at < text.length() && digit(text, at) >= 0) {
      int end = at;
      while (end < text.length() && digit(text, end) >= 0) {
        end++;
      }
      groups.add(new Group(at, end));
      at = end < text.length() && isSeparator(text.charAt(end)) ? end + 1 : text.length();
    }
    return groups;
  }

  /**
   * A number that begins with the first group and ends with any; the longest, so that none of it
   * stays.
   */
  private static @Nullable Match firstIn(CharSequence text, List<Group> groups) {
    StringBuilder digits = new StringBuilder();
    Match longest = null;
    for (Group group : groups) {
      for (int at = group.start(); at < group.end(); at++) {
        digits.append((char) ('0' + digit(text, at)));
      }
      if (digits.length() > MAX_DIGITS) {
        break;
      }
      int start = groups.getFirst().start();
      if (isCardNumber(digits) && !isPartOfKey(text, start, group.end())) {
        longest = new Match(start, group.end());
      }
    }
    return longest;
  }

  /**
   * Whether the word around has digits of its own: a random key in hexadecimal or base 62, which
   * now and then holds digits that look like a card's. A word of letters beside a number is none.
   */
  private static boolean isPartOfKey(CharSequence text, int start, int end) {
    for (int at = start - 1; at >= 0 && Character.isLetterOrDigit(text.charAt(at)); at--) {
      if (digit(text, at) >= 0) {
        return true;
      }
    }
    for (int at = end; at < text.length() && Character.isLetterOrDigit(text.charAt(at)); at++) {
      if (digit(text, at) >= 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean isCardNumber(CharSequence digits) {
    return digits.length() >= MIN_DIGITS && isIssued(digits) && Luhn.isValid(digits);
  }

  /**
   * Whether a scheme issues numbers of that prefix and length (ISO/IEC 7812-1; schemes' ranges).
   */
  private static boolean isIssued(CharSequence digits) {
    int length = digits.length();
    int four = Integer.parseInt(digits, 0, 4, 10);
    int two = four / 100;
    return switch (two / 10) {
      case 2 -> four >= 2221 && four <= 2720 && length == 16;
      case 3 ->
          switch (two) {
            case 34, 37 -> length == 15;
            case 30, 36, 38, 39 -> length == 14 || length == 16;
            case 35 -> length >= 16;
            default -> false;
          };
      case 4 -> length == 13 || length == 16 || length == 19;
      case 5 -> length >= 16;
      case 6 -> length >= 16;
      default -> false;
    };
  }

  private static int digit(CharSequence text, int at) {
    return Character.digit(text.charAt(at), 10);
  }

  private static boolean isSeparator(char c) {
    return c == '-'
        || c == '.'
        || c == '/'
        || c == '_'
        || c == '\t'
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.DASH_PUNCTUATION;
  }
}
