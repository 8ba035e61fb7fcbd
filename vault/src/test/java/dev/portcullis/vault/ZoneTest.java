package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static dev.portcullis.vault.RunningVault.card;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.config.ZoneSettings;
import dev.portcullis.wire.http.CommonHeaders;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The zone's borders: who may call, what its database holds, what its role may do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZoneTest {

  private RunningVault vault;

  @BeforeAll
  void start(@TempDir Path home) {
    vault = new RunningVault(home);
  }

  @AfterAll
  void stop() {
    vault.close();
  }

  @Test
  void onlyTheGatewaysKeyMayCall() {
    vault.ca.issue("simulator");
    HttpRequest request =
        HttpRequest.newBuilder(vault.internal("/internal/v1/keys"))
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    assertThat(RunningVault.send(vault.client("simulator"), request).text("error.code"))
        .isEqualTo("wrong_client");
    HttpClient nobody =
        HttpClient.newBuilder()
            .sslContext(TlsContexts.client(null, vault.ca.file("ca.pem")))
            .build();
    assertThatThrownBy(() -> RunningVault.send(nobody, request))
        .isInstanceOf(java.io.UncheckedIOException.class);
  }

  @Test
  void theInternalListenerSpeaksTls13Alone() {
    var parameters = new javax.net.ssl.SSLParameters(null, new String[] {"TLSv1.2"});
    HttpClient old =
        HttpClient.newBuilder()
            .sslContext(
                TlsContexts.client(
                    dev.portcullis.wire.tls.PemIdentity.load(
                        vault.ca.file("gateway.pem"), vault.ca.file("gateway.key")),
                    vault.ca.file("ca.pem")))
            .sslParameters(parameters)
            .build();
    assertThatThrownBy(
            () ->
                RunningVault.send(
                    old, HttpRequest.newBuilder(vault.internal("/internal/v1/keys")).build()))
        .isInstanceOf(java.io.UncheckedIOException.class)
        .hasMessageContaining("protocol");
  }

  @Test
  void theDatabaseHoldsNeitherNumbersNorCvcs() throws SQLException {
    String number = "4000009900000077".substring(0, 15);
    number += dev.portcullis.kit.Luhn.checkDigit(number);
    var got =
        vault.post(
            "/v1/payment_methods",
            vault.secretKey,
            card(number, "card[cvc]", "917", "billing_details[email]", "ada@example.com"),
            "Idempotency-Key",
            "zone");
    assertThat(got.status()).isEqualTo(200);
    String rows =
        vault.database.query(
                "select string_agg(c::text, E'\\n') from card c where id = '"
                    + got.text("id")
                    + "'")
            + vault.database.query("select string_agg(i::text, E'\\n') from idempotency i");
    byte[] digits = number.getBytes(StandardCharsets.US_ASCII);
    assertThat(rows)
        .doesNotContain(number)
        .doesNotContain(HexFormat.of().formatHex(digits))
        .doesNotContain(Base64.getEncoder().encodeToString(digits))
        .doesNotContain("ada@example.com");
    String columns =
        vault.database.query(
            "select string_agg(column_name, ',') from information_schema.columns"
                + " where table_schema = 'public'");
    assertThat(columns.replace("cvc_given", "")).doesNotContain("cvc");
    assertThat(
            vault.database.query(
                "select pg_typeof(cvc_given)::text from card where id = '" + got.text("id") + "'"))
        .isEqualTo("boolean");
  }

  @Test
  void theAuditTrailCannotBeChangedAndShowsAChange() throws SQLException {
    AuditTrail trail = new AuditTrail(vault.database.app(), vault.clock);
    trail.append("test", "a", "b");
    assertThat(
            vault.database.query("select count(*) from audit_entry where action='policy.loaded'"))
        .isNotEqualTo("0");
    for (String change :
        new String[] {
          "update audit_entry set detail = 'x'", "delete from audit_entry", "truncate audit_entry"
        }) {
      assertThatThrownBy(
              () -> {
                try (Connection connection = vault.database.app().getConnection();
                    Statement statement = connection.createStatement()) {
                  statement.execute(change);
                }
              })
          .isInstanceOf(SQLException.class);
    }
    Got whole = vault.get(vault.management("/audit"));
    long entries = (Long) java.util.Objects.requireNonNull(whole.at("entries"));
    assertThat(entries)
        .isEqualTo(Long.parseLong(vault.database.query("select count(*) from audit_entry")));
    assertThat(whole.text("head"))
        .isEqualTo(
            vault.database.query(
                "select encode(hash, 'hex') from audit_entry order by seq desc limit 1"));
    assertThat(whole.at("broken")).isNull();
    vault.database.execute("alter table audit_entry disable trigger all");
    vault.database.execute(
        "update audit_entry set detail = detail || 'x' where seq = (select max(seq) from"
            + " audit_entry)");
    Got broken = vault.get(vault.management("/audit"));
    assertThat(broken.status()).isEqualTo(200);
    assertThat(broken.at("broken")).isEqualTo(entries);
    assertThat(broken.at("entries")).isEqualTo(entries - 1);
    vault.database.execute(
        "update audit_entry set detail = left(detail, -1) where seq = (select max(seq) from"
            + " audit_entry)");
    vault.database.execute("alter table audit_entry enable trigger all");
    assertThat(vault.get(vault.management("/audit")).at("broken")).isNull();
  }

  @Test
  void theApplicationsRoleCannotChangeTheSchema() {
    assertThatThrownBy(
            () -> {
              try (Connection connection = vault.database.app().getConnection();
                  Statement statement = connection.createStatement()) {
                statement.execute("create table cvc (digits text)");
              }
            })
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("permission denied");
  }

  @Test
  void refusesPlainHttpOffLoopbackAndUnknownSettings() throws IOException {
    String good = Files.readString(vault.home.resolve("vault.properties"));
    assertThatThrownBy(() -> read(good.replace("cards.host=127.0.0.1", "cards.host=0.0.0.0")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("TLS");
    assertThatThrownBy(() -> read(good.replace("sandbox=true", "sandbox=false")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("TLS");
    assertThatThrownBy(() -> read(good + "card.host=x\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cards.host");
  }

  private void read(String properties) throws IOException {
    Path file = vault.home.resolve("other.properties");
    Files.writeString(file, properties);
    VaultConfig.read(
        ZoneConfig.load(file, ZoneSettings.VAULT), SecretAccess.insecureGrant(), new TestClock());
  }

  @Test
  void answersNonsenseInJson() throws IOException {
    for (String nonsense :
        new String[] {
          "GARBAGE\r\n\r\n",
          "POST /%zz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
          "POST /v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
          "GET /v1/tokens HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(100_000) + "\r\n\r\n"
        }) {
      try (Socket socket = new Socket("127.0.0.1", vault.ports().cards())) {
        socket.setSoTimeout(5_000);
        socket.getOutputStream().write(nonsense.getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(answer).as(nonsense.substring(0, 7)).startsWith("HTTP/1.1 4");
        requireCommonFields(answer);
      }
    }
  }

  private static void requireCommonFields(String answer) {
    String head = answer.split("\r\n\r\n", 2)[0].toLowerCase(Locale.ROOT);
    CommonHeaders.of(false)
        .forEach(
            (name, value) ->
                assertThat(head)
                    .containsOnlyOnce("\n" + (name + ": " + value).toLowerCase(Locale.ROOT)));
    assertThat(head).doesNotContain("\nserver:", "strict-transport-security");
    assertThat(head).contains("\nrequest-id: req_");
  }

  @Test
  void everyAnswerOfTheCardsOriginHasTheCommonFields() throws IOException {
    String host = " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n";
    String key = "Authorization: Bearer " + vault.publishableKey.text() + "\r\n";
    for (String request :
        new String[] {
          "GET /" + host,
          "TRACE /v1/tokens" + host,
          "POST /v1/tokens" + host,
          "POST /v1/tokens" + host + key,
          "POST /v1/nothing" + host + key,
          "OPTIONS /v1/payment_methods" + host + "Access-Control-Request-Method: POST\r\n",
        }) {
      try (Socket socket = new Socket("127.0.0.1", vault.ports().cards())) {
        socket.setSoTimeout(5_000);
        socket.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        requireCommonFields(answer);
        assertThat(answer).containsIgnoringCase("access-control-allow-origin: *");
      }
    }
  }

  @Test
  void metricsSayWhatHappened() {
    vault.post("/v1/payment_methods", vault.secretKey, card(VISA));
    String text =
        new String(vault.get(vault.management("/metrics")).raw().body(), StandardCharsets.UTF_8);
    assertThat(text)
        .contains(
            "portcullis_vault_requests_total{route=\"cards /v1/payment_methods\",status=\"200\"}")
        .contains("portcullis_vault_cvcs_held");
    assertThat(vault.post("/v1/" + VISA, vault.secretKey, Map.of()).text("error.message"))
        .doesNotContain(VISA);
  }
}
