package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.net.URLEncoder;
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

  /** A signature key, a notification and its signature that a merchant published in 2017. */
  private static final String ANET_KEY =
      "2679A5D5785C9B26CF921E1754765CDDB265C9C88400786923E5343B315954FA"
          + "FB4B7BF608818F6A21766741E8637DC206F286C725908C777ED4127D8562163D";

  private static final String ANET_BODY =
      "{\"notificationId\":\"f813b98f-3552-4eeb-ba40-acb4704eeba3\","
          + "\"eventType\":\"net.authorize.payment.authcapture.created\","
          + "\"eventDate\":\"2017-03-08T17:35:37.155999Z\","
          + "\"webhookId\":\"63d6fea2-aa13-4b1d-a204-f5fbc15942b7\","
          + "\"payload\":{\"responseCode\":1,\"authCode\":\"8VTPDC\",\"avsResponse\":\"Y\","
          + "\"authAmount\":10.00,\"entityName\":\"transaction\",\"id\":\"60019392075\"}}";

  private static final String ANET_SIGNATURE =
      "9607C69D2734514554CE13D923D19939563F2FD6567D239F49F0DF0D08865632"
          + "A0FB98061B4620CC52C47BB8BF6E2B69A15A67E4C98E81D7D65111076C515C6A";

  /** Signed by Braintree's library for Node, version 3.40.0, and by openssl. */
  private static final String BT_PAYLOAD =
      "PG5vdGlmaWNhdGlvbj48a2luZD5jaGVjazwva2luZD48L25vdGlmaWNhdGlvbj4=";

  private static final String BT_WITH_LINE_END = "d53eaf7e941a322fd63f23a4c014828169ba83f4";
  private static final String BT_SIGNATURE = "3a4834a92266328250db82a209a87bd6ba818115";

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
    install(
        "checkout",
        "\"scheme\":\"hmac_sha256_header\",\"header\":\"Cko-Signature\",\"encoding\":\"hex\"",
        "cko-signing-key");
    install(
        "authorizenet",
        "\"scheme\":\"hmac_sha512_header\",\"header\":\"X-ANET-Signature\","
            + "\"encoding\":\"hex\",\"prefix\":\"sha512=\"",
        ANET_KEY);
    install("braintree", "\"scheme\":\"braintree\"", "integration_private_key");
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

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The value is openssl's. */
  @Test
  void checkoutsSignatureIsOfTheBody() {
    byte[] body = bytes("{\"id\":\"evt_1\",\"type\":\"payment_approved\"}");
    String signature = "1026c476afd813e560d9823b829e78550adc2fc3e193465160725a500c99eaa0";
    good("checkout-signing/1", verify("checkout", Map.of("Cko-Signature", signature), body));
    bad(verify("checkout", Map.of("Cko-Signature", "sha256=" + signature), body));
    bad(verify("checkout", Map.of("Cko-Signature", signature), BODY));
  }

  private Got authorizeNet(String signature, String body) {
    return verify("authorizenet", Map.of("X-ANET-Signature", signature), bytes(body));
  }

  /** The key looks hexadecimal, and is used as the text that it is. */
  @Test
  void authorizeNetsSignatureIsOfTheBody() {
    good("authorizenet-signing/1", authorizeNet("sha512=" + ANET_SIGNATURE, ANET_BODY));
    good(
        "authorizenet-signing/1",
        authorizeNet("sha512=" + ANET_SIGNATURE.toLowerCase(java.util.Locale.ROOT), ANET_BODY));
    bad(authorizeNet("sha512=" + ANET_SIGNATURE, ANET_BODY.replace("10.00", "10.0")));
    bad(authorizeNet("sha512=" + ANET_SIGNATURE, ANET_BODY + "\n"));
    bad(authorizeNet(ANET_SIGNATURE, ANET_BODY));
    bad(authorizeNet("sha256=" + ANET_SIGNATURE, ANET_BODY));
    bad(authorizeNet("sha512=" + ANET_SIGNATURE.substring(64), ANET_BODY));
    // Of the key's bytes, as that provider signs other things.
    bad(
        authorizeNet(
            "sha512=b2c6c9b9ca51e44f19bb796a3faacb946025174ec31b4ea7ca66e31fb3314896"
                + "c37a0939dd0af2ef1879cfa19b0e6c74b7aa05ee7b1527caae7e58af853401d7",
            ANET_BODY));
  }

  private Got braintree(String form) {
    return verify("braintree", Map.of(), bytes(form));
  }

  private static String form(String signature, String payload) {
    return "bt_signature=" + encoded(signature) + "&bt_payload=" + encoded(payload);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void braintreesSignatureIsInAForm() {
    String by = "braintree-signing/1";
    String pair = "integration_public_key|" + BT_SIGNATURE;
    good(by, braintree(form(pair, BT_PAYLOAD)));
    good(by, braintree(form("integration_public_key|" + BT_WITH_LINE_END, BT_PAYLOAD + "\n")));
    good(by, braintree(form("integration_public_key|" + BT_WITH_LINE_END, BT_PAYLOAD)));
    good(by, braintree(form("other|" + "00".repeat(20) + "&" + pair, BT_PAYLOAD)));
    good(by, braintree("x=1&" + form(pair, BT_PAYLOAD)));
    bad(braintree(form(pair, BT_PAYLOAD + "\n")));
    bad(braintree(form(pair, BT_PAYLOAD.replace("PG5v", "PG5w"))));
    bad(braintree(form(BT_SIGNATURE, BT_PAYLOAD)));
    bad(braintree(form("|" + BT_SIGNATURE, BT_PAYLOAD)));
    bad(braintree(form("integration_public_key|" + BT_SIGNATURE.substring(2), BT_PAYLOAD)));
    bad(braintree(form("integration_public_key|", BT_PAYLOAD)));
    bad(braintree(form("", BT_PAYLOAD)));
    bad(braintree(form(pair, "")));
    bad(braintree("bt_payload=" + encoded(BT_PAYLOAD)));
    bad(braintree("bt_signature=" + encoded(pair)));
    bad(braintree(form(pair, "<" + BT_PAYLOAD)));
    bad(braintree(form(pair, BT_PAYLOAD) + "%"));
    bad(braintree("{}"));
  }

  /** Whoever reads it afterwards might take the other one. */
  @Test
  void noFieldOfBraintreesComesTwice() {
    String right = form("integration_public_key|" + BT_SIGNATURE, BT_PAYLOAD);
    bad(braintree(right + "&bt_payload=" + encoded("PG5vPg==")));
    bad(braintree("bt_payload=" + encoded("PG5vPg==") + "&" + right));
    bad(braintree(right + "&bt%5Fpayload=" + encoded(BT_PAYLOAD)));
    bad(braintree(right + "&bt_signature=x"));
  }

  @Test
  void anotherKeySignsNothingOfTheirs() {
    bad(verify("checkout", Map.of("Cko-Signature", hexOf("HmacSHA256", PLAIN)), BODY));
    bad(
        verify(
            "authorizenet",
            Map.of("X-ANET-Signature", "sha512=" + hexOf("HmacSHA512", PLAIN)),
            BODY));
    bad(
        braintree(
            form("integration_public_key|dd6fcc9d2d4c4f9ba7ea6c2a4f5e1dc9d3a3a2a1", BT_PAYLOAD)));
  }

  private static String hexOf(String algorithm, String key) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(bytes(key), algorithm));
      return HexFormat.of().formatHex(mac.doFinal(BODY));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void everyVersionOfBraintreesKeyCounts() {
    Got entered = enter(people.token("ann"), "braintree", "braintree-signing", "the next key");
    confirm(entered.text("change.id"), entered.text("change.hash"));
    good("braintree-signing/1", braintree(form("a|" + BT_SIGNATURE, BT_PAYLOAD)));
    good(
        "braintree-signing/2",
        braintree(form("b|1a23d1070f7a0f7712466333bfabe16c8c61c7db", BT_PAYLOAD)));
    good(
        "braintree-signing/2",
        braintree(
            form("a|" + BT_SIGNATURE + "&b|1a23d1070f7a0f7712466333bfabe16c8c61c7db", BT_PAYLOAD)));
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
