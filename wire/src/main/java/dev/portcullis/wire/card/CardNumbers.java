package dev.portcullis.wire.card;

import dev.portcullis.kit.Luhn;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds card numbers in text where none may be: typed whole or in groups, beside other numbers (an
 * expiry, a CVC, an order's), with the separators that people use, in the digits of any script.
 *
 * <p>A card number here has a prefix and a length that a scheme issues, and the right check digit.
 * So a date or an order's number passes, which a business needs in its metadata; and so does a
 * random key in hexadecimal, and nothing else that only has letters around the digits.
 */
public final class CardNumbers {

  private static final Pattern UUID =
      Pattern.compile(
          "(?<![0-9A-Za-z])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}"
              + "-[0-9a-fA-F]{12}(?![0-9A-Za-z])");

  private static final int UUID_LENGTH = 36;

  /** How long keys, ids and digests in hexadecimal are: 96 bits to 512. */
  private static final Set<Integer> HEX_KEY_LENGTHS = Set.of(24, 32, 40, 48, 56, 64, 96, 128);

  /** No longer word of hexadecimal digits needs to be measured. */
  private static final int LONGEST_HEX = 129;

  private static final int MIN_DIGITS = 13;
  private static final int MAX_DIGITS = 19;

  /**
   * Groups that one number may be written in; a longer row of groups is looked at piece by piece.
   */
  private static final int MAX_GROUPS = 10;

  /** Digits without anything between them: from {@code start} to before {@code end}. */
  private record Group(int start, int end) {}

  /**
   * A card number in a text.
   *
   * @param start its first character
   * @param end the character after its last
   */
  public record Span(int start, int end) {}

  private CardNumbers() {}

  /** Whether there is a card number in the text. */
  public static boolean find(CharSequence text) {
    return next(text, 0) != null;
  }

  /** Where in the text card numbers stand: in order, none over another. */
  public static List<Span> all(CharSequence text) {
    List<Span> spans = new ArrayList<>();
    Span span = next(text, 0);
    while (span != null) {
      spans.add(span);
      span = next(text, span.end());
    }
    return spans;
  }

  private static @Nullable Span next(CharSequence text, int from) {
    int at = from;
    while (at < text.length()) {
      if (digit(text, at) < 0) {
        at++;
        continue;
      }
      List<Group> groups = groupsFrom(text, at);
      Span match = firstIn(text, groups);
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
      while (end < text.length() && (digit(text, end) >= 0 || isUnseen(text.charAt(end)))) {
        end++;
      }
      groups.add(new Group(at, end));
      at = end < text.length() && isSeparator(text.charAt(end)) ? end + 1 : text.length();
      while (at < text.length() && isUnseen(text.charAt(at))) {
        at++;
      }
    }
    return groups;
  }

  /**
   * A number that begins with the first group and ends with any; the longest, so that none of it
   * stays.
   */
  private static @Nullable Span firstIn(CharSequence text, List<Group> groups) {
    StringBuilder digits = new StringBuilder();
    Span longest = null;
    for (Group group : groups) {
      for (int at = group.start(); at < group.end(); at++) {
        if (digit(text, at) >= 0) {
          digits.append((char) ('0' + digit(text, at)));
        }
      }
      if (digits.length() > MAX_DIGITS) {
        break;
      }
      int start = groups.getFirst().start();
      if (isCardNumber(digits) && !isPartOfKey(text, start, group.end())) {
        longest = new Span(start, group.end());
      }
    }
    return longest;
  }

  /**
   * Whether the digits belong to a random key in hexadecimal. Ten of its sixteen characters are
   * decimal digits, so that about one key of 128 bits in 5,000 holds what looks like a card number;
   * clients send them as idempotency keys and in metadata. Such a key has one of a few lengths,
   * letters of one case, or a UUID's form. In base 32, 36 or 62 thirteen decimal digits in a row
   * are rarer than one in 10 million, and no exception is made for what only looks like a word.
   */
  private static boolean isPartOfKey(CharSequence text, int start, int end) {
    return isHexKeyAround(text, start)
        || isHexKeyAround(text, end - 1)
        || isUuidAround(text, start, end);
  }

  private static boolean isHexKeyAround(CharSequence text, int at) {
    int start = at;
    while (start > 0 && at - start < LONGEST_HEX && isHex(text.charAt(start - 1))) {
      start--;
    }
    int end = at + 1;
    while (end < text.length() && end - start < LONGEST_HEX && isHex(text.charAt(end))) {
      end++;
    }
    boolean lower = false;
    boolean upper = false;
    for (int i = start; i < end; i++) {
      lower |= text.charAt(i) >= 'a';
      upper |= text.charAt(i) >= 'A' && text.charAt(i) <= 'F';
    }
    return lower != upper && HEX_KEY_LENGTHS.contains(end - start);
  }

  private static boolean isHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  private static boolean isUuidAround(CharSequence text, int start, int end) {
    Matcher uuid =
        UUID.matcher(text)
            .region(Math.max(0, start - UUID_LENGTH), Math.min(text.length(), end + UUID_LENGTH))
            .useTransparentBounds(true);
    while (uuid.find()) {
      if (uuid.start() <= start && uuid.end() >= end) {
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

  /** What shows nothing of its own: a number with such between its digits is that number. */
  private static boolean isUnseen(char c) {
    return switch (Character.getType(c)) {
      case Character.FORMAT, Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> true;
      default -> c == '\u115f' || c == '\u1160' || c == '\u3164' || c == '\uffa0';
    };
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
