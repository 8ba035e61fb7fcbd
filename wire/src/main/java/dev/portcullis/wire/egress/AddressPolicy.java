package dev.portcullis.wire.egress;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * Which addresses a call may go to. It is asked with the addresses that a name resolved to, at the
 * moment of connecting, so that a name cannot change its meaning between check and use (ASVS 5.0
 * V1.3.6; DNS rebinding).
 */
public enum AddressPolicy {
  /** Addresses of the public internet, and nothing else. */
  PUBLIC,
  /** This machine, and nothing else: the sandbox, and zones on one host. */
  LOOPBACK,
  /** Addresses that the operator's own configuration names: no check. */
  CONFIGURED_HOST;

  /** Whether a call may go there. */
  public boolean allows(InetAddress address) {
    return switch (this) {
      case PUBLIC -> isPublic(address);
      case LOOPBACK -> address.isLoopbackAddress();
      case CONFIGURED_HOST -> true;
    };
  }

  private static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    return switch (address) {
      case Inet4Address _ -> isPublicV4(bytes[0] & 0xff, bytes[1] & 0xff, bytes[2] & 0xff);
      case Inet6Address _ -> isPublicV6(bytes);
      default -> false;
    };
  }

  /** IANA IPv4 Special-Purpose Address Registry. */
  private static boolean isPublicV4(int a, int b, int c) {
    return switch (a) {
      case 0, 10, 127 -> false;
      case 100 -> b < 64 || b > 127;
      case 169 -> b != 254;
      case 172 -> b < 16 || b > 31;
      case 192 -> !(b == 168 || (b == 0 && (c == 0 || c == 2)) || (b == 88 && c == 99));
      case 198 -> !(b == 18 || b == 19 || (b == 51 && c == 100));
      case 203 -> !(b == 0 && c == 113);
      default -> a < 224;
    };
  }

  /**
   * IANA IPv6 Special-Purpose Address Registry: of global unicast (2000::/3) all but documentation
   * (2001:db8::/32, 3fff::/20), protocol assignments with Teredo (2001::/23) and 6to4 (2002::/16),
   * whose addresses can embed private IPv4 ones. Mapped addresses arrive here as IPv4.
   */
  private static boolean isPublicV6(byte[] b) {
    int first = ((b[0] & 0xff) << 8) | (b[1] & 0xff);
    int second = ((b[2] & 0xff) << 8) | (b[3] & 0xff);
    boolean global = (first & 0xe000) == 0x2000;
    boolean protocol = first == 0x2001 && (second < 0x0200 || second == 0x0db8);
    boolean documentation = first == 0x3fff && second < 0x1000;
    return global && !protocol && !documentation && first != 0x2002;
  }
}
