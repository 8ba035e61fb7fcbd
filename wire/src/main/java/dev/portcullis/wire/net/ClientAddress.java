package dev.portcullis.wire.net;

import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Says where a request comes from. That is the socket's peer, unless the peer is a proxy that the
 * configuration trusts: then it is what the proxy wrote into its header (RFC 7239, or the older
 * {@code X-Forwarded-For}). The header is read from its end, for a client may send one too and a
 * proxy appends; the first address from there that is no trusted proxy is the client's.
 */
public final class ClientAddress {

  /** Addresses in a header beyond this many are not looked at. */
  private static final int MAX_HOPS = 20;

  private static final int IPV6_BYTES = 16;
  private static final int IPV6_NETWORK_BYTES = 8;
  private static final int IPV6_SITE_BYTES = 6;

  /** Which header the trusted proxies write. Another one may be the client's own invention. */
  private enum Header {
    X_FORWARDED_FOR("X-Forwarded-For"),
    FORWARDED("Forwarded");

    private final String wireName;

    Header(String wireName) {
      this.wireName = wireName;
    }
  }

  private final List<Cidr> trusted;
  private final Header header;

  private ClientAddress(List<Cidr> trusted, Header header) {
    this.trusted = List.copyOf(trusted);
    this.header = header;
  }

  /**
   * As the configuration says: {@code PREFIX.trusted-proxies}, by default none, and {@code
   * PREFIX.proxy-header}.
   *
   * @throws ConfigException if the proxies cannot be read
   */
  public static ClientAddress configured(ZoneConfig config, String prefix) {
    try {
      return of(
          config.find(prefix + ".trusted-proxies").orElse(""),
          config.string(prefix + ".proxy-header"));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(prefix + ".trusted-proxies: " + e.getMessage(), e);
    }
  }

  /**
   * With these proxies.
   *
   * @param proxies blocks of addresses, parted by commas
   * @param header {@code X-Forwarded-For} or {@code Forwarded}
   * @throws IllegalArgumentException if one of them cannot be read; one sentence
   */
  public static ClientAddress of(String proxies, String header) {
    List<Cidr> trusted = new ArrayList<>();
    for (String part : proxies.split(",", -1)) {
      String block = part.strip();
      if (!block.isEmpty()) {
        trusted.add(
            Cidr.parse(block)
                .orElseThrow(
                    () -> new IllegalArgumentException(block + " is no block of addresses.")));
      }
    }
    for (Header known : Header.values()) {
      if (known.wireName.equals(header)) {
        return new ClientAddress(trusted, known);
      }
    }
    throw new IllegalArgumentException(header + " is no header that tells it.");
  }

  /**
   * Where a request comes from. What a proxy wrote and cannot be read leaves the proxy's own
   * address, which no list of allowed addresses should hold.
   *
   * @param peer the other end of the socket
   * @param headers all values of a header, by its name, in the order of the request
   */
  public InetAddress of(InetAddress peer, Function<String, List<String>> headers) {
    if (!isTrusted(peer)) {
      return peer;
    }
    List<String> hops = new ArrayList<>();
    for (String value : headers.apply(header.wireName)) {
      hops.addAll(List.of(value.split(",", -1)));
    }
    InetAddress nearest = peer;
    for (int at = hops.size() - 1; at >= Math.max(0, hops.size() - MAX_HOPS); at--) {
      Optional<InetAddress> address = address(hops.get(at).strip());
      if (address.isEmpty()) {
        return nearest;
      }
      nearest = address.get();
      if (!isTrusted(nearest)) {
        return nearest;
      }
    }
    return nearest;
  }

  private boolean isTrusted(InetAddress address) {
    return trusted.stream().anyMatch(block -> block.contains(address));
  }

  private Optional<InetAddress> address(String hop) {
    return switch (header) {
      case X_FORWARDED_FOR -> node(hop);
      case FORWARDED -> forwarded(hop);
    };
  }

  /** RFC 7239, section 4: {@code for=192.0.2.43;proto=https}, quoted where it has a colon. */
  private static Optional<InetAddress> forwarded(String element) {
    for (String pair : element.split(";", -1)) {
      String trimmed = pair.strip();
      if (trimmed.toLowerCase(Locale.ROOT).startsWith("for=")) {
        String value = trimmed.substring("for=".length());
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return node(quoted ? value.substring(1, value.length() - 1) : value);
      }
    }
    return Optional.empty();
  }

  /** An address, perhaps with a port; one of IPv6 then stands in brackets (section 6). */
  private static Optional<InetAddress> node(String text) {
    String host = text;
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      host = end < 0 ? text : text.substring(1, end);
    } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      host = text.substring(0, text.indexOf(':'));
    }
    try {
      return Optional.of(Cidr.literal(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** What one host may have: an IPv4 address, or with IPv6 the whole of a /64. */
  public static String network(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == IPV6_BYTES
        ? HexFormat.of().formatHex(bytes, 0, IPV6_NETWORK_BYTES) + "/64"
        : address.getHostAddress();
  }

  /**
   * What one customer of a network may have (RFC 6177): with IPv6 a /48, which holds 65,536
   * networks; with IPv4 none is known.
   */
  public static Optional<String> site(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == IPV6_BYTES
        ? Optional.of(HexFormat.of().formatHex(bytes, 0, IPV6_SITE_BYTES) + "/48")
        : Optional.empty();
  }

  /** The same as a network of a text; one that is no address stands for itself. */
  public static String network(String address) {
    try {
      return network(InetAddress.ofLiteral(address));
    } catch (IllegalArgumentException _) {
      return address;
    }
  }

  /** The same as {@link #site(InetAddress)} of a text; one that is no address has none. */
  public static Optional<String> site(String address) {
    try {
      return site(InetAddress.ofLiteral(address));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Whether it is this machine's own: 127.0.0.0/8 or ::1, all of which everybody on it has. */
  public static boolean isLoopback(String address) {
    try {
      return InetAddress.ofLiteral(address).isLoopbackAddress();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
