package dev.portcullis.gateway.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.error.ApiException;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointUrlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://shop.example.com/hooks",
        "https://shop.example.com:8443/hooks?a=b",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
        "https://1.example.com./"
      })
  void thePublicInternetIsAllowed(String url) {
    assertThat(EndpointUrl.check(URI.create(url), false)).isEqualTo(url);
    assertThat(EndpointUrl.check(URI.create(url), true)).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:8080/hooks",
        "http://localhost:8080/hooks",
        "https://LOCALHOST./",
        "http://shop.localhost/",
        "http://127.200.0.9/",
        "http://[::1]:9/",
        "http://[::ffff:127.0.0.1]/"
      })
  void thisMachineIsForTheSandboxAlone(String url) {
    assertThat(EndpointUrl.check(URI.create(url), true)).isEqualTo(url);
    refused(url, false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://shop.example.com/hooks",
        "http://8.8.8.8/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/",
        "https://255.255.255.255/",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://shop.example.com/#part",
        "https://shop.example.com:0/",
        "https://shop.example.com:70000/"
      })
  void everythingElseIsRefused(String url) {
    refused(url, true);
    refused(url, false);
  }

  /** An address in a form that some read as one host and others as another. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://010.0.0.1/",
        "https://127.0.0.01/",
        "https://8.8.8.008/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://0177.0.0.1/"
      })
  void ambiguousAddressesAreRefused(String url) {
    refused(url, true);
  }

  /** What the decoder of parameters refuses already, since it finds no host. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1./",
        "https://a.0x7f/",
        "https://example.127/",
        "https://127.1/"
      })
  void otherFormsOfAddressesAreNoHosts(String url) {
    assertThat(URI.create(url).getHost()).isNull();
  }

  private static void refused(String url, boolean mayBeLoopback) {
    assertThatThrownBy(() -> EndpointUrl.check(URI.create(url), mayBeLoopback))
        .isInstanceOf(ApiException.class)
        .extracting(e -> ((ApiException) e).error().param())
        .isEqualTo("url");
  }
}
