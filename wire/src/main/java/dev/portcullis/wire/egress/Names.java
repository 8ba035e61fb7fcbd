package dev.portcullis.wire.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What names are resolved by. It is asked once for each connection; what it says is checked. */
@FunctionalInterface
public interface Names {

  /** The operating system's resolver. */
  Names SYSTEM = InetAddress::getAllByName;

  /**
   * The addresses of a host, at least one.
   *
   * @param host a name, or an address as text
   */
  InetAddress[] resolve(String host) throws UnknownHostException;
}
