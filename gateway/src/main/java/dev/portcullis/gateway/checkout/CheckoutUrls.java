package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.payments.ClientSecrets;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.config.ZoneConfig;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * The addresses of hosted pages, on the API's origin. A keyed hash of the object, which stands in
 * no log and no list, is what lets somebody in: ids alone are known to too many.
 */
@Component
final class CheckoutUrls {

  /** Before account, session and keyed hash. */
  static final String PAGE = "/checkout/";

  private static final Pattern ADDRESS =
      Pattern.compile(
          PAGE
              + "(acct_[0-9A-Za-z]{1,64})/(cs_(?:test|live)_[0-9A-Za-z]+)/([0-9A-Za-z]{1,40})(/.*)?");

  /** Before account, payment link and keyed hash. */
  static final String LINK = "/checkout/links/";

  private static final Pattern LINK_ADDRESS =
      Pattern.compile(LINK + "(acct_[0-9A-Za-z]{1,64})/(plink_[0-9A-Za-z]+)/([0-9A-Za-z]{1,40})");

  private final String base;
  private final ClientSecrets secrets;

  CheckoutUrls(ZoneConfig config, ClientSecrets secrets) {
    String url = config.string("public-url");
    this.base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    this.secrets = secrets;
  }

  /**
   * What an address leads to.
   *
   * @param page its path without what comes after the hash
   * @param rest what comes after the hash, beginning with a slash, or empty
   */
  record Visit(String account, String session, String page, String rest) {
    boolean livemode() {
      return session.startsWith("cs_live");
    }
  }

  /** The origin of the pages, as a browser names it. */
  String origin() {
    URI url = URI.create(base);
    return url.getScheme() + "://" + url.getRawAuthority();
  }

  /** The API's address as the page's script needs it. */
  String base() {
    return base;
  }

  /** The address of the session's page. */
  String ofSession(String account, String session) {
    return base + pathOf(account, session);
  }

  /** The address of the link's page; the mode is hashed too, since a link's id does not tell it. */
  String ofLink(String account, String link, boolean livemode) {
    return base
        + LINK
        + account
        + "/"
        + link
        + "/"
        + secrets.ofPage(account, named(link, livemode));
  }

  private static String named(String link, boolean livemode) {
    return link + (livemode ? " live" : " test");
  }

  /** Which link, of which account and mode. */
  record LinkVisit(String account, boolean livemode, String link) {}

  /** The link that the path leads to; empty unless its hash is the right one. */
  Optional<LinkVisit> readLink(String path) {
    Matcher parts = LINK_ADDRESS.matcher(path);
    if (!parts.matches() || !Ids.isWellFormed("plink", parts.group(2))) {
      return Optional.empty();
    }
    String account = parts.group(1);
    String link = parts.group(2);
    return Stream.of(true, false)
        .filter(mode -> secrets.matchesPage(account, named(link, mode), parts.group(3)))
        .findFirst()
        .map(mode -> new LinkVisit(account, mode, link));
  }

  /** Which of the hosted pages a path is said to lead to: a name of a few, whoever said it. */
  static String pageOf(String path) {
    if (LINK_ADDRESS.matcher(path).matches()) {
      return "link";
    }
    Matcher parts = ADDRESS.matcher(path);
    if (path.startsWith(SamplePages.PAYMENT)) {
      return "sample";
    }
    if (!parts.matches()) {
      return "other";
    }
    return "/return".equals(parts.group(4)) ? "return" : "payment";
  }

  private String pathOf(String account, String session) {
    return PAGE + account + "/" + session + "/" + secrets.ofPage(account, session);
  }

  /** What that path leads to; empty unless its hash is the right one. */
  Optional<Visit> read(String path) {
    Matcher parts = ADDRESS.matcher(path);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String account = parts.group(1);
    String session = parts.group(2);
    boolean genuine =
        Ids.isWellFormed(session.substring(0, session.lastIndexOf('_')), session)
            && secrets.matchesPage(account, session, parts.group(3));
    String rest = parts.group(4);
    return genuine
        ? Optional.of(
            new Visit(account, session, pathOf(account, session), rest == null ? "" : rest))
        : Optional.empty();
  }
}
