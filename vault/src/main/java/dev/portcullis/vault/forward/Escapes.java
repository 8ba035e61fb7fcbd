package dev.portcullis.vault.forward;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ways in which a character is written as its number: in URLs, in JSON, in HTML. */
final class Escapes {

  private static final Pattern ESCAPE =
      Pattern.compile(
          "((?:%[0-9A-Fa-f]{2})+)|\\\\u([0-9A-Fa-f]{4})|&#[xX]([0-9A-Fa-f]{1,4});|&#([0-9]{1,4});");

  private Escapes() {}

  /** The text with each escape replaced, once; bytes that are no UTF-8 become some character. */
  static String decoded(String text) {
    return ESCAPE.matcher(text).replaceAll(escape -> Matcher.quoteReplacement(character(escape)));
  }

  private static String character(MatchResult escape) {
    String bytes = escape.group(1);
    if (bytes != null) {
      return new String(HexFormat.of().parseHex(bytes.replace("%", "")), StandardCharsets.UTF_8);
    }
    for (int group = 2; group <= 3; group++) {
      String hex = escape.group(group);
      if (hex != null) {
        return Character.toString(Integer.parseInt(hex, 16));
      }
    }
    return Character.toString(Integer.parseInt(escape.group(4)));
  }
}
