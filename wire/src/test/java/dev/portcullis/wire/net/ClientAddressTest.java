package dev.portcullis.wire.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ClientAddressTest {

  @Test
  void withoutTrustedProxiesNoHeaderIsBelieved() {
    assertThat(of("", "192.0.2.1", name -> List.of("203.0.113.9"))).isEqualTo("192.0.2.1");
  }

  @Test
  void whatATrustedProxyAppendedCountsAndWhatTheClientSentDoesNot() {
    String trusted = "10.0.0.0/8, 2001:db8::/32";
    assertThat(of(trusted, "10.0.0.1", only("X-Forwarded-For", "203.0.113.9")))
        .isEqualTo("203.0.113.9");
    assertThat(of(trusted, "10.0.0.1", only("X-Forwarded-For", "1.1.1.1, 203.0.113.9,10.0.0.2")))
        .isEqualTo("203.0.113.9");
    assertThat(of(trusted, "10.0.0.1", only("X-Forwarded-For", "1.1.1.1", "203.0.113.9")))
        .isEqualTo("203.0.113.9");
    assertThat(of(trusted, "2001:db8::5", only("X-Forwarded-For", "203.0.113.9:4711")))
        .isEqualTo("203.0.113.9");
    assertThat(of(trusted, "192.0.2.1", only("X-Forwarded-For", "203.0.113.9")))
        .isEqualTo("192.0.2.1");
    assertThat(of(trusted, "10.0.0.1", only("Forwarded", "for=203.0.113.9"))).isEqualTo("10.0.0.1");
    assertThat(of(trusted, "10.0.0.1", _ -> List.of())).isEqualTo("10.0.0.1");
  }

  @Test
  void whatCannotBeReadLeavesTheProxy() {
    String trusted = "10.0.0.1";
    for (String text : List.of("unknown", "", "1.2.3", "a.example", "1.1.1.1, junk")) {
      assertThat(of(trusted, "10.0.0.1", only("X-Forwarded-For", text)))
          .as(text)
          .isEqualTo("10.0.0.1");
    }
  }

  @Test
  void readsTheStandardsHeader() {
    String trusted = "10.0.0.1";
    assertThat(
            of(
                trusted,
                "Forwarded",
                "10.0.0.1",
                only("Forwarded", "proto=https;For=\"[2001:db8::7]:4711\"")))
        .isEqualTo("2001:db8:0:0:0:0:0:7");
    assertThat(
            of(
                trusted,
                "Forwarded",
                "10.0.0.1",
                only("Forwarded", "for=1.1.1.1, for=203.0.113.9;by=x")))
        .isEqualTo("203.0.113.9");
    assertThat(of(trusted, "Forwarded", "10.0.0.1", only("Forwarded", "for=_hidden")))
        .isEqualTo("10.0.0.1");
    assertThat(of(trusted, "Forwarded", "10.0.0.1", only("X-Forwarded-For", "1.1.1.1")))
        .isEqualTo("10.0.0.1");
  }

  @Test
  void refusesSettingsThatMakeNoSense() {
    assertThatThrownBy(() -> ClientAddress.of("proxy.example", "Forwarded"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("proxy.example");
    assertThatThrownBy(() -> ClientAddress.of("", "X-Real-IP"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aMappedAddressIsTheOneThatItStandsFor() {
    assertThat(of("::ffff:10.0.0.1", "10.0.0.1", only("X-Forwarded-For", "::ffff:1.2.3.4")))
        .isEqualTo("1.2.3.4");
  }

  private static Function<String, List<String>> only(String header, String... values) {
    return name -> name.equals(header) ? List.of(values) : List.of();
  }

  private static String of(String proxies, String peer, Function<String, List<String>> headers) {
    return of(proxies, "X-Forwarded-For", peer, headers);
  }

  private static String of(
      String proxies, String header, String peer, Function<String, List<String>> headers) {
    return ClientAddress.of(proxies, header)
        .of(InetAddress.ofLiteral(peer), headers)
        .getHostAddress();
  }
}
