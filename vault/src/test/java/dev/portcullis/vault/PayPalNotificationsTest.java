package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.egress.Names;
import dev.portcullis.wire.tls.PemIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Notifications that are signed by the key of a certificate that they name themselves. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PayPalNotificationsTest {

  private static final String WEBHOOK = "8PT597110X687430LKGECATA";
  private static final String SIGNER = "signer.paypal.test";
  private static final String PATH = "/v1/notifications/certs/";
  private static final String BODY = "{\"id\":\"WH-1\",\"amount\":\"1.00\"}";
  private static final Duration DAY = Duration.ofDays(1);

  private final Map<String, String> certificates = new ConcurrentHashMap<>();
  private RunningVault vault;
  private PemIdentity good;
  private String known = "";
  private int certificate;

  @BeforeAll
  void start(@TempDir Path home) {
    vault = new RunningVault(home, Names.SYSTEM, this::policy);
    good = vault.ca.signer(2_048, DAY.negated(), DAY.multipliedBy(9), SIGNER);
  }

  private List<String> policy(RunningVault starting, Path directory) throws IOException {
    String host = "localhost:" + starting.provider.port();
    Files.writeString(
        directory.resolve("paypal.json"),
        """
        {"provider":"paypal","mode":"test","origin":"https://HOST","allow_loopback":true,
         "credential":{"header":"X-Key","format":"{{secret}}","secret":"provider.paypal.key"},
         "notifications":{"scheme":"paypal","webhook_id":"%s","certificate_origin":"https://HOST",
          "certificate_name":"%s"},
         "operations":{"ping":{"method":"GET","path":"/ping","answer":[]}}}
        """
            .formatted(WEBHOOK, SIGNER)
            .replace("HOST", host));
    return List.of(
        "provider.paypal.key=secret://provider-sandbox",
        "provider.paypal.account=" + starting.account,
        "provider.paypal.mode=test",
        "provider.paypal.host=" + host);
  }

  @AfterAll
  void stop() {
    vault.close();
  }

  /** Each test begins in another minute, with a certificate that the vault does not know yet. */
  @BeforeEach
  void begin() {
    vault.clock.advance(Duration.ofMinutes(2));
    certificates.clear();
    known = "CERT-good-" + certificate++;
    certificates.put(known, pem(good));
    vault.provider.behave(this::provide);
  }

  private void provide(HttpExchange exchange) throws IOException {
    String pem = certificates.get(exchange.getRequestURI().getPath().replace(PATH, ""));
    byte[] bytes = pem == null ? new byte[0] : pem.getBytes(StandardCharsets.US_ASCII);
    exchange.sendResponseHeaders(pem == null ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static String pem(PemIdentity identity) {
    return TestCa.pem(identity.chain().getFirst());
  }

  private String url(String name) {
    return "https://localhost:" + vault.provider.port() + PATH + name;
  }

  private Map<String, String> signed(PemIdentity by, String certificate) {
    return signed(by, certificate, vault.clock.instant().toString(), "SHA256withRSA");
  }

  private Map<String, String> signed(
      PemIdentity by, String certificate, String time, String algorithm) {
    CRC32 crc = new CRC32();
    crc.update(BODY.getBytes(StandardCharsets.UTF_8));
    Map<String, String> headers = new HashMap<>();
    headers.put("PAYPAL-TRANSMISSION-ID", "69cd13f0-d67a-11e5-baa3-778b53f4ae55");
    headers.put("PAYPAL-TRANSMISSION-TIME", time);
    headers.put("PAYPAL-CERT-URL", url(certificate));
    headers.put("PAYPAL-AUTH-ALGO", algorithm);
    headers.put("PAYPAL-AUTH-VERSION", "v2");
    String message =
        headers.get("PAYPAL-TRANSMISSION-ID") + "|" + time + "|" + WEBHOOK + "|" + crc.getValue();
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(by.key());
      signer.update(message.getBytes(StandardCharsets.UTF_8));
      headers.put("PAYPAL-TRANSMISSION-SIG", Base64.getEncoder().encodeToString(signer.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return headers;
  }

  private Got verify(Map<String, String> headers, String body) {
    return vault.call(
        "/internal/v1/notifications/verify",
        Map.of(
            "account",
            vault.account,
            "livemode",
            false,
            "provider_account",
            "paypal",
            "headers",
            headers,
            "body",
            Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8))));
  }

  private void good(Map<String, String> headers) {
    assertThat(verify(headers, BODY).json())
        .containsOnly(Map.entry("verified", true), Map.entry("version", known));
  }

  private void bad(Map<String, String> headers) {
    assertThat(verify(headers, BODY).json())
        .containsEntry("verified", false)
        .containsEntry("version", null);
  }

  private void bad(String header, String value) {
    Map<String, String> headers = signed(good, known);
    headers.put(header, value);
    bad(headers);
  }

  /** By a certificate that the provider's own host serves. */
  private void badBy(PemIdentity signer) {
    certificates.put("CERT-other", pem(signer));
    int before = vault.provider.received.size();
    bad(signed(signer, "CERT-other"));
    assertThat(vault.provider.received).as("it was looked at").hasSize(before + 1);
  }

  @Test
  void theSignatureIsOfIdTimeWebhookAndBody() {
    good(signed(good, known));
    assertThat(verify(signed(good, known), BODY.replace("1.00", "9.00")).json())
        .containsEntry("verified", false);
    bad("PAYPAL-TRANSMISSION-ID", "69cd13f0-d67a-11e5-baa3-778b53f4ae56");
    bad("PAYPAL-TRANSMISSION-TIME", vault.clock.instant().minusSeconds(9).toString());
    bad("PAYPAL-TRANSMISSION-SIG", "AAAA");
    bad("PAYPAL-TRANSMISSION-SIG", "");
    bad("PAYPAL-TRANSMISSION-SIG", "no base64");
    bad("PAYPAL-TRANSMISSION-ID", "a|b");
    bad(Map.of());
    good(signed(good, known));
  }

  /** What was captured is good for as long as the provider itself would send it again. */
  @Test
  void oldOnesAndThoseOfTheFutureAreRefused() {
    assertThat(aged(Duration.ofDays(3)).json()).containsEntry("verified", true);
    assertThat(aged(Duration.ofMinutes(-4)).json()).containsEntry("verified", true);
    assertThat(aged(Duration.ofHours(74)).json()).containsEntry("verified", false);
    assertThat(aged(Duration.ofMinutes(-6)).json()).containsEntry("verified", false);
    bad(signed(good, known, "yesterday", "SHA256withRSA"));
  }

  private Got aged(Duration age) {
    String time = vault.clock.instant().minus(age).toString();
    return verify(signed(good, known, time, "SHA256withRSA"), BODY);
  }

  @Test
  void aCertificateIsFetchedOnceADay() {
    for (int n = 0; n < 3; n++) {
      good(signed(good, known));
    }
    assertThat(vault.provider.received).hasSize(1);
    vault.clock.advance(Duration.ofHours(25));
    good(signed(good, known));
    assertThat(vault.provider.received).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.test/v1/notifications/certs/CERT-good",
        "https://HOST@evil.test/v1/notifications/certs/CERT-good",
        "https://evil.test\\@HOST/v1/notifications/certs/CERT-good",
        "https://HOST.evil.test/v1/notifications/certs/CERT-good",
        "http://HOST/v1/notifications/certs/CERT-good",
        "file:///v1/notifications/certs/CERT-good",
        "https://HOST/v1/notifications/certs/../certs/CERT-good",
        "https://HOST/v1/notifications/certs/CERT-good/../CERT-good",
        "https://HOST/v1/notifications/certs/CERT-good?x",
        "https://HOST/v1/notifications/certs/CERT-good#x",
        "https://HOST/v1/notifications/certs/CERT-good\n",
        "https://HOST/v1/notifications/certs/%43ERT-good",
        "https://HOST/v1/notifications/certs/",
        "https://HOST/upload/CERT-good",
        "//HOST/v1/notifications/certs/CERT-good",
        ""
      })
  void noCertificateIsFetchedButFromWhereThePolicySays(String url) {
    certificates.put("CERT-good", pem(good));
    bad("PAYPAL-CERT-URL", url.replace("HOST", "localhost:" + vault.provider.port()));
    assertThat(vault.provider.received).isEmpty();
  }

  @Test
  void aCertificateThatIsNotTrustedSignsNothing() {
    TestCa stranger = new TestCa(vault.home.resolve("stranger"), "authority");
    badBy(stranger.signer(2_048, DAY.negated(), DAY, SIGNER));
    badBy(vault.ca.signer(2_048, DAY.multipliedBy(-9), DAY.negated(), SIGNER));
    badBy(vault.ca.signer(2_048, DAY, DAY.multipliedBy(9), SIGNER));
    badBy(vault.ca.signer(2_048, DAY.negated(), DAY, "other.paypal.test"));
    badBy(vault.ca.signer(2_048, DAY.negated(), DAY, "*.paypal.test"));
    badBy(vault.ca.signer(1_024, DAY.negated(), DAY, SIGNER));
    certificates.put("CERT-other", "no certificate");
    bad(signed(good, "CERT-other"));
    certificates.put("CERT-other", pem(good) + "x".repeat(70_000));
    bad(signed(good, "CERT-other"));
    bad(signed(good, "CERT-nowhere"));
  }

  /** Of a chain it is the first that signs, whatever else is trusted in it. */
  @Test
  void aTrustedCertificateBesideItMakesNoSignerGood() {
    TestCa stranger = new TestCa(vault.home.resolve("stranger"), "authority");
    PemIdentity forged = stranger.signer(2_048, DAY.negated(), DAY, SIGNER);
    certificates.put("CERT-first", pem(forged) + pem(good));
    bad(signed(forged, "CERT-first"));
    certificates.put("CERT-second", pem(good) + pem(forged));
    bad(signed(forged, "CERT-second"));
  }

  @Test
  void theNotificationDoesNotChooseTheAlgorithm() throws IOException {
    for (String algorithm : List.of("SHA1withRSA", "MD5withRSA", "SHA512withRSA")) {
      Map<String, String> headers =
          signed(good, known, vault.clock.instant().toString(), algorithm);
      bad(headers);
      headers.put("PAYPAL-AUTH-ALGO", "SHA256withRSA");
      bad(headers);
    }
    for (String none : List.of("", "none", "HmacSHA256", "sha256withrsa", "SHA256withRSA/PSS")) {
      bad("PAYPAL-AUTH-ALGO", none);
    }
    vault.ca.issue("curve", DAY.negated(), DAY, SIGNER);
    PemIdentity curve = PemIdentity.load(vault.ca.file("curve.pem"), vault.ca.file("curve.key"));
    certificates.put("CERT-curve", pem(curve));
    Map<String, String> headers =
        signed(curve, "CERT-curve", vault.clock.instant().toString(), "SHA256withECDSA");
    bad(headers);
    headers.put("PAYPAL-AUTH-ALGO", "SHA256withRSA");
    bad(headers);
  }

  @Test
  void whatCannotBeFetchedIsNeitherGoodNorBad() {
    for (int status : List.of(500, 302, 429)) {
      vault.provider.behave(
          exchange -> {
            exchange.getResponseHeaders().add("Location", url(known));
            exchange.sendResponseHeaders(status, -1);
          });
      unavailable(signed(good, known));
      assertThat(vault.provider.received).as("no redirect is followed").hasSize(1);
    }
    vault.provider.behave(this::provide);
    good(signed(good, known));
  }

  private void unavailable(Map<String, String> headers) {
    Got got = verify(headers, BODY);
    assertThat(got.status()).isEqualTo(503);
    assertThat(got.text("error.code")).isEqualTo("certificate_unavailable");
  }

  @Test
  void aFloodOfNamesAsksTheProviderTenTimesAMinute() {
    good(signed(good, known));
    for (int n = 0; n < 9; n++) {
      bad(signed(good, "CERT-" + n));
    }
    unavailable(signed(good, "CERT-9"));
    assertThat(vault.provider.received).hasSize(10);
    good(signed(good, known));
    vault.clock.advance(Duration.ofMinutes(1));
    bad(signed(good, "CERT-9"));
  }
}
