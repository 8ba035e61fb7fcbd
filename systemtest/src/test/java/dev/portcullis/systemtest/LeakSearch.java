package dev.portcullis.systemtest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks for card numbers of the generated range, in every form in which bytes are commonly written,
 * and for a card's security code close to a name for one.
 *
 * <p>All numbers of the range begin alike, so it looks for that beginning in each form, and then
 * decodes what follows: any whole number of the range is a find.
 */
final class LeakSearch {
  private static final String BEGINNING = TestCards.GENERATED;
  private static final int NUMBER_LENGTH = 16;
  private static final int NEAR = 64;

  /** More than the longest form and its surroundings need on either side. */
  private static final int MARGIN = 256;

  private static final int CHUNK = 1 << 20;

  /**
   * PostgreSQL compresses long values: a byte before every eight items, and two or three for a
   * repetition, stand amid words there. So any identifier may seem to end, or to begin, with a code
   * beside such a byte.
   */
  private static final String DATABASE_FILES = "/postgres/data/";

  /**
   * So many doubtful places are chance: three given characters stand in one of some 238,000 places
   * of a random identifier. A column that kept the code would show it once for each card.
   */
  private static final int CHANCE = 10;

  private static final List<String> CODE_NAMES =
      List.of(
          "cvc",
          "Cvc",
          "CVC",
          "cvv",
          "Cvv",
          "CVV",
          "cvn",
          "CVN",
          "security_code",
          "securityCode",
          "SecurityCode",
          "SECURITY_CODE",
          "verification_value",
          "verificationValue");

  /** How a find is read, given where its beginning starts. */
  private interface Reader {
    /** The text that begins there, {@value #NUMBER_LENGTH} characters, or something shorter. */
    String read(byte[] buffer, int length, int start);
  }

  /** How a security code stands where it was found. */
  private enum Standing {
    /** Within a longer number or identifier it means something else. */
    PART_OF_A_WORD,
    /** Beside a byte that may hide that the word goes on. */
    DOUBTFUL,
    ALONE
  }

  private record Form(String name, byte[] beginning, Reader reader) {}

  private final String securityCode;
  private final List<Form> forms = new ArrayList<>();
  private final int codeNamesFrom;
  private final BytePatterns patterns;
  private final Set<String> finds = new LinkedHashSet<>();
  private final Set<String> doubts = new LinkedHashSet<>();
  private long searched;

  /**
   * @param securityCode the code that every marked card was used with
   */
  LeakSearch(String securityCode) {
    this.securityCode = securityCode;
    addText("plain", StandardCharsets.ISO_8859_1);
    addText("UTF-16LE", StandardCharsets.UTF_16LE);
    addText("UTF-16BE", StandardCharsets.UTF_16BE);
    addHex();
    for (int before = 0; before < 3; before++) {
      addBase64(before);
    }
    List<byte[]> all = new ArrayList<>(forms.stream().map(Form::beginning).toList());
    codeNamesFrom = all.size();
    for (String name : CODE_NAMES) {
      all.add(name.getBytes(StandardCharsets.ISO_8859_1));
      all.add(name.getBytes(StandardCharsets.UTF_16LE));
      all.add(name.getBytes(StandardCharsets.UTF_16BE));
    }
    patterns = new BytePatterns(all);
  }

  private void addText(String name, Charset charset) {
    int width = "0".getBytes(charset).length;
    forms.add(
        new Form(
            name,
            BEGINNING.getBytes(charset),
            (buffer, length, start) ->
                text(buffer, start, Math.min(length, start + NUMBER_LENGTH * width), charset)));
  }

  /** Digits are 30 to 39 in hex, so upper and lower case are the same. */
  private void addHex() {
    byte[] beginning =
        HexFormat.of()
            .formatHex(BEGINNING.getBytes(StandardCharsets.US_ASCII))
            .getBytes(StandardCharsets.US_ASCII);
    forms.add(
        new Form(
            "hex",
            beginning,
            (buffer, length, start) -> {
              String hex =
                  text(
                      buffer,
                      start,
                      Math.min(length, start + 2 * NUMBER_LENGTH),
                      StandardCharsets.ISO_8859_1);
              return hex.replaceAll("3([0-9])", "$1");
            }));
  }

  /**
   * Base64 shows the same bytes in three ways, by how many bytes stand before them in their group
   * of three. Only the characters that no neighbour shares are looked for.
   */
  private void addBase64(int before) {
    byte[] shifted = new byte[before + BEGINNING.length()];
    Arrays.fill(shifted, (byte) 'x');
    byte[] digits = BEGINNING.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, shifted, before, digits.length);
    String encoded = Base64.getEncoder().encodeToString(shifted);
    int firstOwn = (8 * before + 5) / 6;
    int pastOwn = 8 * shifted.length / 6;
    forms.add(
        new Form(
            "base64 +" + before,
            encoded.substring(firstOwn, pastOwn).getBytes(StandardCharsets.US_ASCII),
            (buffer, length, start) -> decode64(buffer, length, start - firstOwn, before)));
  }

  private static String decode64(byte[] buffer, int length, int group, int before) {
    StringBuilder characters = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      int at = group + i;
      char c = at >= 0 && at < length ? (char) (buffer[at] & 0xff) : 'A';
      c = c == '-' ? '+' : c == '_' ? '/' : c;
      boolean known = c < 128 && (Character.isLetterOrDigit(c) || c == '+' || c == '/');
      characters.append(known ? c : 'A');
    }
    byte[] bytes = Base64.getDecoder().decode(characters.toString());
    return text(
        bytes, before, Math.min(bytes.length, before + NUMBER_LENGTH), StandardCharsets.ISO_8859_1);
  }

  private static String text(byte[] bytes, int from, int to, Charset charset) {
    return from < 0 || from >= to ? "" : new String(bytes, from, to - from, charset);
  }

  /** Looks through one file. */
  void file(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      stream(file.toString(), in);
    }
  }

  /** Looks through a stream. */
  void stream(String name, InputStream in) throws IOException {
    byte[] buffer = new byte[CHUNK + 2 * MARGIN];
    int kept = 0;
    while (true) {
      int read = in.readNBytes(buffer, kept, buffer.length - kept);
      int length = kept + read;
      searched += read;
      bytes(name, buffer, length);
      if (length < buffer.length) {
        return;
      }
      // What lies across the edge is seen whole the next time; a find twice is one find.
      kept = 2 * MARGIN;
      System.arraycopy(buffer, length - kept, buffer, 0, kept);
    }
  }

  /** Looks through a buffer. */
  void bytes(String name, byte[] buffer, int length) {
    patterns.search(
        buffer,
        length,
        (pattern, start) -> {
          if (pattern >= codeNamesFrom) {
            nearCode(name, buffer, length, start);
          } else {
            Form form = forms.get(pattern);
            String number = form.reader().read(buffer, length, start);
            if (number.matches("[0-9]{" + NUMBER_LENGTH + "}")) {
              finds.add(
                  name
                      + ": a card number in "
                      + form.name()
                      + ", serial "
                      + number.substring(8, 15));
            }
          }
        });
  }

  private void nearCode(String name, byte[] buffer, int length, int start) {
    int from = Math.max(0, start - NEAR);
    int to = Math.min(length, start + NEAR + "verification_value".length() * 2);
    String around = text(buffer, from, to, StandardCharsets.ISO_8859_1);
    String squeezed = around.replace("\0", "");
    boolean compressible = name.contains(DATABASE_FILES);
    Set<Standing> seen = standings(around, compressible);
    seen.addAll(standings(squeezed, compressible));
    String find =
        name
            + ": the security code near a name for one: "
            + squeezed.replaceAll("[^\\x20-\\x7e]", ".");
    if (seen.contains(Standing.ALONE)) {
      finds.add(find);
    } else if (seen.contains(Standing.DOUBTFUL)) {
      doubts.add(find);
    }
  }

  /** How the code stands wherever it is in the text. */
  private Set<Standing> standings(String text, boolean compressible) {
    Set<Standing> all = EnumSet.noneOf(Standing.class);
    for (int at = text.indexOf(securityCode); at >= 0; at = text.indexOf(securityCode, at + 1)) {
      all.add(standing(text, at, compressible));
    }
    return all;
  }

  private Standing standing(String text, int at, boolean compressible) {
    int behind = at + securityCode.length();
    if (isWord(text, at - 1) || isWord(text, behind)) {
      return Standing.PART_OF_A_WORD;
    }
    boolean hidden = isControl(text, at - 1) || isControl(text, behind);
    return compressible && hidden ? Standing.DOUBTFUL : Standing.ALONE;
  }

  private static boolean isWord(String text, int at) {
    return at >= 0
        && at < text.length()
        && text.charAt(at) < 128
        && Character.isLetterOrDigit(text.charAt(at));
  }

  private static boolean isControl(String text, int at) {
    return at >= 0 && at < text.length() && (text.charAt(at) < ' ' || text.charAt(at) > '~');
  }

  /** What was found, and where; doubtful places only when they are too many to be chance. */
  Set<String> finds() {
    Set<String> all = new LinkedHashSet<>(finds);
    if (doubts.size() > CHANCE) {
      all.addAll(doubts);
    }
    return all;
  }

  /** Bytes looked through. */
  long searched() {
    return searched;
  }
}
