package dev.portcullis.wire.params;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InternetNamesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada@example.com",
        "ada+shop@mail.example.co.uk",
        "ada..lovelace.@docomo.example",
        "o'neil@example.com",
        "1@example.museum",
        "\u7528\u6237@\u4f8b\u5b50.\u5e7f\u544a",
        "j\u00f6rg@b\u00fccher.example",
        "ada@xn--bcher-kva.example"
      })
  void takesAddressesInAnyScript(String text) {
    assertThat(InternetNames.isEmail(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nobody",
        "@example.com",
        "ada@",
        "ada@localhost",
        "ada@@example.com",
        "a@b@example.com",
        "a b@example.com",
        "\"a b\"@example.com",
        "Ada <ada@example.com>",
        "ada@example.com,bob@example.com",
        "ada@example..com",
        "ada@.example.com",
        "ada@example.com.",
        "ada@-example.com",
        "ada@exa_mple.com",
        "ada@127.0.0.1",
        "ada@[127.0.0.1]",
        "ada@example.com\r\nBcc: bob@example.com",
        "ada@example.com\u202e"
      })
  void refusesWhatNoMailGoesTo(String text) {
    assertThat(InternetNames.isEmail(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://shop.example",
        "http://localhost:3000/return?id={CHECKOUT_SESSION_ID}",
        "https://[::1]:8443/a",
        "https://127.0.0.1/",
        "HTTPS://SHOP.EXAMPLE/a#b"
      })
  void takesWebAddresses(String text) {
    assertThat(InternetNames.url(text.replace("{", "%7B").replace("}", "%7D"))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shop.example",
        "//shop.example",
        "https://",
        "https:///a",
        "https://u:p@shop.example/",
        "https://shop.example:65536/",
        "https://shop.example:99999999999/",
        "https://shop .example/",
        "https://shop.example/\r\nA: b",
        "https:\\\\shop.example\\a",
        "javascript://shop.example/%0aalert(1)",
        "ftp://shop.example/"
      })
  void refusesTheRest(String text) {
    assertThat(InternetNames.url(text)).isEmpty();
  }
}
