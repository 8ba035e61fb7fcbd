package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Whether what calls itself a provider's notification is one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NotificationsTest {

  private static final String STRIPE = "whsec_test_secret";
  private static final String PLAIN = "a-shared-secret-of-acme";

  /** The example that Adyen publishes with its libraries. */
  private static final String ADYEN =
      "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";

  private static final String ADYENS_SIGNATURE = "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=";
  private static final byte[] BODY =
      "{\"id\":\"evt_1\", \"amount\": 1}".getBytes(StandardCharsets.UTF_8);

  private RunningVault vault;
  private Administrators people;

  @BeforeAll
  void start(@TempDir Path home) throws IOException {
    TestDatabase.shared().execute("truncate pending_change, provider_secret, forward_policy");
    vault = new RunningVault(home);
    people = Administrators.of(vault, "ann");
    people.add("bob", "administrator", "ann");
    vault.clock.advance(Duration.ofHours(25));
    install("stripe", "\"scheme\":\"stripe\"", STRIPE);
    install("adyen", "\"scheme\":\"adyen\"", ADYEN);
    String header = "\"scheme\":\"hmac_sha256_header\",\"header\":\"X-Signature\",";
    install("hex", header + "\"prefix\":\"sha256=\",\"encoding\":\"hex\"", PLAIN);
    install("base", header + "\"encoding\":\"base64\"", PLAIN);
    install("silent", null, PLAIN);
  }

  @AfterAll
  void stop() {
    vault.close();
    TestDatabase.shared().execute("truncate pending_change, provider_secret, forward_policy");
  }

  private void install(String name, @Nullable String scheme, String secret) {
    String ann = people.token("ann");
    enter(ann, name, name + "-key", "the key of " + name);
    enter(ann, name, name + "-signing", secret);
    String policy =
        """
        {"provider":"NAME","mode":"test","origin":"https://localhost:PORT","allow_loopback":true,
         "credential":{"header":"X-Api-Key","format":"{{secret}}","secret":"secret://NAME-key"},
         NOTIFICATIONS
         "operations":{"NAME.ping":{"method":"GET","path":"/ping","answer":[]}}}
        """
            .replace(
                "NOTIFICATIONS",
                scheme == null
                    ? ""
                    : "\"notifications\":{" + scheme + ",\"secret\":\"secret://NAME-signing\"},")
            .replace("NAME", name)
            .replace("PORT", "" + vault.provider.port());
    Got change = people.post("policies", ann, Map.of("name", name, "policy", policy));
    confirm(change.text("id"), change.text("hash"));
  }

  private void confirm(String change, String hash) {
    Got applied =
        people.post("changes/" + change + "/confirm", people.token("bob"), Map.of("hash", hash));
    assertThat(applied.text("status")).as(applied.json().toString()).isEqualTo("applied");
  }

  private Got enter(String token, String provider, String name, String value) {
    Map<String, Object> body = new HashMap<>();
    body.put("name", name);
    body.put("value", value);
    body.put("account", vault.account);
    body.put("livemode", false);
    body.put("provider_account", provider);
    body.put("host", "localhost:" + vault.provider.port());
    Got entered = people.post("secrets", token, body);
    assertThat(entered.status()).as(entered.json().toString()).isEqualTo(200);
    return entered;
  }

  private Got verify(String provider, Map<String, String> headers, byte[] body) {
    return vault.call(
        "/internal/v1/notifications/verify",
        Map.of(
            "account",
            vault.account,
            "livemode",
            false,
            "provider_account",
            provider,
            "headers",
            headers,
            "body",
            Base64.getEncoder().encodeToString(body)));
  }

  private void good(String version, Got got) {
    assertThat(got.json())
        .as(got.json().toString())
        .containsOnly(Map.entry("verified", true), Map.entry("version", version));
  }

  private void bad(Got got) {
    assertThat(got.json()).containsEntry("verified", false).containsEntry("version", null);
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] mac(String key, String text) {
    return mac(key.getBytes(StandardCharsets.UTF_8), text);
  }

  private static String body() {
    return new String(BODY, StandardCharsets.UTF_8);
  }

  private String stripes(String secret, Duration ago) {
    long time = vault.clock.instant().minus(ago).getEpochSecond();
    return "t=" + time + ",v1=" + HexFormat.of().formatHex(mac(secret, time + "." + body()));
  }

  private Got stripe(String header) {
    return verify("stripe", Map.of("Stripe-Signature", header), BODY);
  }

  @Test
  void stripesSignatureIsOfTimeAndBody() {
    String header = stripes(STRIPE, Duration.ZERO);
    good("stripe-signing/1", stripe(header));
    good("stripe-signing/1", stripe(stripes(STRIPE, Duration.ofSeconds(299))));
    good("stripe-signing/1", stripe(header.replace("v1=", "v0=00,v1=" + "00".repeat(32) + ",v1=")));
    bad(stripe(stripes(STRIPE, Duration.ofSeconds(302))));
    bad(stripe(stripes(STRIPE, Duration.ofSeconds(-302))));
    bad(stripe(stripes("another", Duration.ZERO)));
    bad(stripe(header.replace("v1=", "v0=")));
    bad(
        stripe(
            header.replaceFirst(
                "t=[0-9]+", "t=" + vault.clock.instant().plusSeconds(5).getEpochSecond())));
    bad(stripe(header.replaceFirst("t=[0-9]+,", "")));
    bad(stripe("t=99999999999999999999,v1=00"));
    bad(stripe("t=" + vault.clock.instant().getEpochSecond() + ",v1="));
    bad(stripe(""));
    bad(verify("stripe", Map.of(), BODY));
    bad(
        verify(
            "stripe",
            Map.of("Stripe-Signature", header),
            (body() + " ").getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aCapturedOneIsGoodForFiveMinutesAlone() {
    String header = stripes(STRIPE, Duration.ZERO);
    good("stripe-signing/1", stripe(header));
    vault.clock.advance(Duration.ofSeconds(302));
    bad(stripe(header));
  }

  private static Map<String, Object> item() {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("pspReference", "7914073381342284");
    item.put("merchantAccountCode", "TestMerchant");
    item.put("merchantReference", "TestPayment-1407325143704");
    item.put("amount", Map.of("value", 1130, "currency", "EUR"));
    item.put("eventCode", "AUTHORISATION");
    item.put("success", "true");
    item.put("additionalData", Map.of("hmacSignature", ADYENS_SIGNATURE));
    return item;
  }

  private Got adyen(List<Map<String, Object>> items) {
    List<Map<String, Object>> wrapped =
        items.stream()
            .map(item -> Map.<String, Object>of("NotificationRequestItem", item))
            .toList();
    return verify(
        "adyen", Map.of(), Json.write(Map.of("live", "false", "notificationItems", wrapped)));
  }

  @Test
  void adyensSignatureIsOfEightFieldsOfEachItem() {
    good("adyen-signing/1", adyen(List.of(item())));
    good("adyen-signing/1", adyen(List.of(item(), item())));
    Map<String, Object> changes = new LinkedHashMap<>();
    changes.put("pspReference", "7914073381342285");
    changes.put("originalReference", "x");
    changes.put("merchantAccountCode", "OtherMerchant");
    changes.put("merchantReference", "x");
    changes.put("amount", Map.of("value", 9130, "currency", "EUR"));
    changes.put("eventCode", "REFUND");
    changes.put("success", "false");
    changes.put("additionalData", Map.of("hmacSignature", "AAAA"));
    changes.forEach(
        (name, value) -> {
          Map<String, Object> changed = item();
          changed.put(name, value);
          bad(adyen(List.of(changed)));
          bad(adyen(List.of(item(), changed)));
        });
    bad(adyen(List.of()));
    bad(verify("adyen", Map.of(), BODY));
    bad(verify("adyen", Map.of(), "no json".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aSignatureInAHeaderIsOfTheBody() {
    String hex = HexFormat.of().formatHex(mac(PLAIN, body()));
    good("hex-signing/1", verify("hex", Map.of("x-signature", "sha256=" + hex), BODY));
    bad(verify("hex", Map.of("x-signature", hex), BODY));
    bad(verify("hex", Map.of("x-signature", "sha256=" + hex.substring(2)), BODY));
    bad(verify("hex", Map.of("x-signature", "sha256="), BODY));
    bad(verify("hex", Map.of("x-other", "sha256=" + hex), BODY));
    String base64 = Base64.getEncoder().encodeToString(mac(PLAIN, body()));
    good("base-signing/1", verify("base", Map.of("X-SIGNATURE", base64), BODY));
    bad(verify("base", Map.of("X-Signature", hex), BODY));
  }

  @Test
  void everyVersionThatIsNotRetiredCounts() {
    String ann = people.token("ann");
    Got entered = enter(ann, "stripe", "stripe-signing", "the next secret");
    bad(stripe(stripes("the next secret", Duration.ZERO)));
    confirm(entered.text("change.id"), entered.text("change.hash"));
    try {
      good("stripe-signing/2", stripe(stripes("the next secret", Duration.ZERO)));
      good("stripe-signing/1", stripe(stripes(STRIPE, Duration.ZERO)));
    } finally {
      Got retired =
          people.post("secrets/stripe-signing/retire", people.token("ann"), Map.of("version", 2));
      confirm(retired.text("id"), retired.text("hash"));
    }
    bad(stripe(stripes("the next secret", Duration.ZERO)));
    good("stripe-signing/1", stripe(stripes(STRIPE, Duration.ZERO)));
  }

  @Test
  void asksForWhatIsThereAndSaysNothingElse() {
    Map<String, String> headers = Map.of("x-signature", "x");
    assertThat(verify("silent", headers, BODY).text("error.code")).isEqualTo("policy_violation");
    assertThat(verify("nobody", headers, BODY).text("error.code")).isEqualTo("unknown_operation");
    assertThat(verify("hex", Map.of("a", "x", "A", "y"), BODY).status()).isEqualTo(400);
    assertThat(verify("hex", headers, new byte[0]).status()).isEqualTo(400);
    Map<String, Object> call = new HashMap<>();
    call.put("account", "acct_other");
    call.put("livemode", false);
    call.put("provider_account", "hex");
    call.put("headers", headers);
    call.put("body", "AAAA");
    assertThat(vault.call("/internal/v1/notifications/verify", call).text("error.code"))
        .as("another account's secret")
        .isEqualTo("unknown_operation");
    call.put("account", vault.account);
    call.put("body", "no base64");
    assertThat(vault.call("/internal/v1/notifications/verify", call).text("error.message"))
        .contains("body");
  }
}
