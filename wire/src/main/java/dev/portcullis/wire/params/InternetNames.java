package dev.portcullis.wire.params;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * URLs and addresses for mail, checked by what the JDK knows of them: whether they work is known
 * when somebody calls or writes there.
 */
final class InternetNames {

  static final int MAX_URL = 2_048;
  static final int MAX_EMAIL = 512;

  private static final int MAX_PORT = 65_535;
  private static final int MAX_LOCAL = 64;
  private static final int MAX_DOMAIN = 253;

  /**
   * RFC 5322's atoms and dots, and letters of any script (RFC 6531). Quoted names are refused: mail
   * software disagrees about them, and a quote or an angle bracket ends an address in a header.
   */
  private static final Pattern LOCAL =
      Pattern.compile("[\\p{L}\\p{M}\\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}");

  private InternetNames() {}

  /** The absolute http or https URL without credentials, or empty if it is none. */
  static Optional<URI> url(String text) {
    if (text.length() > MAX_URL) {
      return Optional.empty();
    }
    try {
      URI url = new URI(text);
      String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
      boolean web = scheme.equals("https") || scheme.equals("http");
      boolean whole = web && url.getHost() != null && url.getUserInfo() == null;
      return whole && url.getPort() <= MAX_PORT ? Optional.of(url) : Optional.empty();
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  /** Whether mail could be sent there. */
  static boolean isEmail(String text) {
    int at = text.lastIndexOf('@');
    return text.length() <= MAX_EMAIL
        && at > 0
        && at <= MAX_LOCAL
        && LOCAL.matcher(text.substring(0, at)).matches()
        && isDomain(text.substring(at + 1));
  }

  /** Two labels at least, as IDNA takes them, the last one not a number. */
  private static boolean isDomain(String text) {
    try {
      String ascii = IDN.toASCII(text, IDN.USE_STD3_ASCII_RULES);
      int dot = ascii.lastIndexOf('.');
      return ascii.length() <= MAX_DOMAIN
          && dot > 0
          && !ascii.startsWith(".")
          && !ascii.contains("..")
          && ascii.substring(dot + 1).chars().anyMatch(Character::isLetter);
    } catch (IllegalArgumentException _) {
      // A label that is empty, too long, or holds what no name has.
      return false;
    }
  }
}
