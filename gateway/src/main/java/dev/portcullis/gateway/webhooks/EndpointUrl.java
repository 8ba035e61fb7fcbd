package dev.portcullis.gateway.webhooks;

import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where events may be sent, as far as the URL itself tells: https to the public internet. What a
 * name resolves to is checked where the connection is made; here only hosts that are an address, or
 * mean this machine by definition, can be judged (OWASP, Server-Side Request Forgery Prevention).
 */
final class EndpointUrl {

  private static final int MAX_PORT = 65_535;

  /** RFC 3986, 3.2.2: the one form of an IPv4 address that everybody reads alike. */
  private static final Pattern DOTTED_QUAD =
      Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\\.(?!$)|$)){4}");

  /** A last label of digits or of hexadecimal makes the host an address (WHATWG URL, 3.5). */
  private static final Pattern ENDS_LIKE_AN_ADDRESS =
      Pattern.compile("(.*\\.)?([0-9]+|0[xX][0-9a-fA-F]*)\\.?");

  private EndpointUrl() {}

  /**
   * Lets a URL pass.
   *
   * @param mayBeLoopback whether this machine is allowed, by http as well: in the sandbox
   * @throws ApiException 400 that names {@code url}
   */
  static String check(URI url, boolean mayBeLoopback) {
    String host = url.getHost().toLowerCase(Locale.ROOT);
    if (url.getRawFragment() != null || url.getPort() > MAX_PORT || url.getPort() == 0) {
      throw refused("it must have no fragment, and a port of 1 to " + MAX_PORT + " if any");
    }
    Optional<InetAddress> address = address(host);
    boolean loopback =
        address.map(AddressPolicy.LOOPBACK::allows).orElseGet(() -> isLocalName(host));
    if (loopback) {
      if (mayBeLoopback) {
        return url.toString();
      }
      throw refused("it must not lead to this machine");
    }
    if (address.isPresent() && !AddressPolicy.PUBLIC.allows(address.get())) {
      throw refused("its address is not one of the public internet");
    }
    if (!"https".equalsIgnoreCase(url.getScheme())) {
      throw refused(
          mayBeLoopback
              ? "it must begin with https://, or lead to this machine"
              : "it must begin with https://");
    }
    return url.toString();
  }

  /** The address that the host is; empty for a name. */
  private static Optional<InetAddress> address(String host) {
    if (host.startsWith("[")) {
      return Optional.of(literal(host.substring(1, host.length() - 1)));
    }
    if (!ENDS_LIKE_AN_ADDRESS.matcher(host).matches()) {
      return Optional.empty();
    }
    if (!DOTTED_QUAD.matcher(host).matches()) {
      throw refused("its host is an address in an unusual form");
    }
    return Optional.of(literal(host));
  }

  private static InetAddress literal(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException _) {
      throw refused("its host is no address");
    }
  }

  /** RFC 6761, 6.3: these names are the loopback address wherever they are asked for. */
  private static boolean isLocalName(String host) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return name.equals("localhost") || name.endsWith(".localhost");
  }

  private static ApiException refused(String why) {
    return new ApiException(
        ApiErrors.invalid("url", "url_invalid", "Invalid URL for a webhook: " + why + "."));
  }
}
