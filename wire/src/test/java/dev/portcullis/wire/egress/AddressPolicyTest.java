package dev.portcullis.wire.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "192.0.2.1",
        "203.0.113.9",
        "198.51.100.1",
        "192.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
        "2001::1",
        "3fff::1"
      })
  void privateAddressesAreNotPublic(String literal) throws UnknownHostException {
    assertThat(AddressPolicy.PUBLIC.allows(InetAddress.getByName(literal))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "172.32.0.1",
        "100.128.0.1",
        "192.1.0.1",
        "2606:4700::1",
        "2a00:1450::1"
      })
  void publicAddressesAre(String literal) throws UnknownHostException {
    assertThat(AddressPolicy.PUBLIC.allows(InetAddress.getByName(literal))).isTrue();
    assertThat(AddressPolicy.LOOPBACK.allows(InetAddress.getByName(literal))).isFalse();
  }

  @Test
  void loopbackIsThisMachine() throws UnknownHostException {
    assertThat(AddressPolicy.LOOPBACK.allows(InetAddress.getByName("127.0.0.1"))).isTrue();
    assertThat(AddressPolicy.LOOPBACK.allows(InetAddress.getByName("::1"))).isTrue();
    assertThat(AddressPolicy.LOOPBACK.allows(InetAddress.getByName("10.0.0.1"))).isFalse();
  }
}
