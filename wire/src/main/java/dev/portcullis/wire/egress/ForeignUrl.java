package dev.portcullis.wire.egress;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a URL that somebody else has chosen may lead, as far as it tells by itself: https to the
 * public internet. What a name resolves to is checked where the connection is made; here only hosts
 * that are an address, or mean this machine by definition, can be judged (OWASP, Server-Side
 * Request Forgery Prevention).
 */
public final class ForeignUrl {

  private static final int MAX_PORT = 65_535;

  /** RFC 3986, 3.2.2: the one form of an IPv4 address that everybody reads alike. */
  private static final Pattern DOTTED_QUAD =
      Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\\.(?!$)|$)){4}");

  /** A last label of digits or of hexadecimal makes the host an address (WHATWG URL, 3.5). */
  private static final Pattern ENDS_LIKE_AN_ADDRESS =
      Pattern.compile("(.*\\.)?([0-9]+|0[xX][0-9a-fA-F]*)\\.?");

  private ForeignUrl() {}

  /** Where a URL leads. */
  public sealed interface Judgement {
    /** To the public internet; what its name resolves to is still to be checked. */
    record Internet() implements Judgement {}

    /** To this machine, by its very form. */
    record ThisMachine() implements Judgement {}

    /** Where no call may go. */
    record Refused(String why) implements Judgement {}
  }

  /**
   * Where a URL leads.
   *
   * @param mayBeLoopback whether this machine is allowed, by http as well
   */
  public static Judgement judge(URI url, boolean mayBeLoopback) {
    String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
    if (host.isEmpty() || url.getRawUserInfo() != null) {
      return new Judgement.Refused("it must have a host, and no user before it");
    }
    if (url.getRawFragment() != null || url.getPort() > MAX_PORT || url.getPort() == 0) {
      return new Judgement.Refused(
          "it must have no fragment, and a port of 1 to " + MAX_PORT + " if any");
    }
    boolean https = "https".equalsIgnoreCase(url.getScheme());
    if (!https && !"http".equalsIgnoreCase(url.getScheme())) {
      return new Judgement.Refused("it must begin with https://");
    }
    return judge(host, https, mayBeLoopback);
  }

  private static Judgement judge(String host, boolean https, boolean mayBeLoopback) {
    boolean isAddress = host.startsWith("[") || ENDS_LIKE_AN_ADDRESS.matcher(host).matches();
    Optional<InetAddress> address = isAddress ? address(host) : Optional.empty();
    if (isAddress && address.isEmpty()) {
      return new Judgement.Refused("its host is an address in an unusual form");
    }
    boolean loopback =
        address.map(AddressPolicy.LOOPBACK::allows).orElseGet(() -> isLocalName(host));
    if (loopback) {
      return mayBeLoopback
          ? new Judgement.ThisMachine()
          : new Judgement.Refused("it must not lead to this machine");
    }
    if (address.isPresent() && !AddressPolicy.PUBLIC.allows(address.get())) {
      return new Judgement.Refused("its address is not one of the public internet");
    }
    if (https) {
      return new Judgement.Internet();
    }
    return new Judgement.Refused(
        mayBeLoopback
            ? "it must begin with https://, or lead to this machine"
            : "it must begin with https://");
  }

  /** The address that the host is; empty if it is none in a form that everybody reads alike. */
  private static Optional<InetAddress> address(String host) {
    if (host.startsWith("[")) {
      String literal = host.substring(1, host.length() - 1);
      // RFC 9844: a zone means something on one machine alone.
      return literal.contains("%") ? Optional.empty() : literal(literal);
    }
    return DOTTED_QUAD.matcher(host).matches() ? literal(host) : Optional.empty();
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** RFC 6761, 6.3: these names are the loopback address wherever they are asked for. */
  private static boolean isLocalName(String host) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return name.equals("localhost") || name.endsWith(".localhost");
  }
}
