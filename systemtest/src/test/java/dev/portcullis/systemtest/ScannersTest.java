package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Other people's scanners against a running instance, with {@code -Dportcullis.long=true} and where
 * they are installed (Debian's packages sqlmap and wapiti).
 */
@Order(24)
@ExtendWith(SharedPortcullis.class)
class ScannersTest {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final int SCAN_SECONDS = 300;
  private static final String AGENT = "portcullis-wapiti";

  /** All but those that need a server of wapiti's own on the open network, or a list from there. */
  private static final String MODULES =
      "backup,blindsql,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,"
          + "permanentxss,redirect,shellshock,sql,xss";

  /**
   * What a page would need and JSON has not, and what TLS brings, which the sandbox does without.
   */
  private static final Set<String> OF_PAGES =
      Set.of(
          "Content Security Policy Configuration",
          "HTTP Secure Headers",
          "Secure Flag cookie",
          "HttpOnly Flag cookie",
          "Unencrypted Channels");

  private final Portcullis portcullis;

  ScannersTest(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  private static void requireLongRunWith(String program) {
    assumeTrue(Boolean.getBoolean("portcullis.long"), "only in a long run");
    assumeTrue(Commands.exists(program), program + " is not installed");
  }

  @Test
  void sqlmapFindsNothingToInject(@TempDir Path folder) throws IOException {
    requireLongRunWith("sqlmap");
    try (InjectablePage page = new InjectablePage(new Databases(portcullis).of("gateway"))) {
      assertThat(sqlmap(folder, "-u", page.url()))
          .as("what it says where there is something")
          .contains("parameter 'email' is vulnerable", "Payload:");
    }
    String api = portcullis.api() + "/v1/";
    for (List<String> target :
        List.of(
            List.of("-u", api + "customers?email=a@example.com&limit=3"),
            List.of("-u", api + "customers/cus_1*"),
            List.of("-u", api + "charges?created[gte]=1&starting_after=ch_1"),
            List.of("-u", api + "payment_intents/search?query=amount>1&limit=2"),
            List.of("-u", api + "customers/search?query=email:'a@example.com'*"),
            List.of("-u", api + "customers", "--data", "name=Ada&description=d&metadata[k]=v"),
            List.of("-u", api + "customers", "--data", "name=A", "-H", "Idempotency-Key: key-1*"),
            List.of(
                "-u",
                portcullis.cards() + "/v1/tokens",
                "--data",
                "card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2034"
                    + "&card[cvc]=123&card[name]=Ada"))) {
      String said = sqlmap(folder, target.toArray(String[]::new));
      assertThat(said).as("%s", target).contains("do not appear to be injectable");
      assertThat(said)
          .as("each request got beyond the key, and none broke anything")
          .doesNotContain("Payload:")
          .doesNotContainPattern("\\b(401|403|429|5\\d\\d) \\(");
    }
  }

  private String sqlmap(Path folder, String... target) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "sqlmap",
                "--batch",
                "--flush-session",
                "--level=2",
                "--risk=2",
                "--dbms=PostgreSQL",
                "--technique=BEUS",
                "--ignore-code=400,404",
                "--output-dir=" + folder,
                "-H",
                "Authorization: Bearer " + portcullis.secretKey()));
    command.addAll(List.of(target));
    return Commands.run(LIMIT, Map.of(), command).said();
  }

  @Test
  void wapitiFindsNothing(@TempDir Path folder) throws Exception {
    requireLongRunWith("wapiti");
    try (InjectablePage page = new InjectablePage(new Databases(portcullis).of("gateway"))) {
      assertThat(wapiti(folder, page.url()))
          .as("what it says where there is something")
          .anyMatch(finding -> finding.startsWith("SQL Injection"))
          .anyMatch(finding -> finding.startsWith("Cross Site Scripting"));
    }
    assertThat(wapiti(folder, portcullis.api() + "/v1/customers?email=a@example.com&limit=3"))
        .isEmpty();
    assertThat(wapiti(folder, portcullis.cards() + "/v1/tokens?card=1")).isEmpty();
    assertThat(answersToWapiti()).as("answers behind the key").contains(200L).doesNotContain(401L);
  }

  /** How the API answered, as its own log has it. */
  private List<Long> answersToWapiti() throws Exception {
    return await("what wapiti asked is in the log")
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                Http.get(portcullis.api() + "/v1/request_logs?limit=100", portcullis.secretKey())
                    .json()
                    .getAsJsonArray("data")
                    .asList()
                    .stream()
                    .map(JsonElement::getAsJsonObject)
                    .filter(entry -> entry.get("user_agent").getAsString().equals(AGENT))
                    .map(entry -> entry.get("status").getAsLong())
                    .toList(),
            statuses -> statuses.size() > 50);
  }

  private List<String> wapiti(Path folder, String url) throws IOException {
    Path report = folder.resolve("report.json");
    Commands.run(
            LIMIT,
            Map.of(),
            List.of(
                "wapiti",
                "--url",
                url,
                "--scope",
                "page",
                "--header",
                "Authorization: Bearer " + portcullis.secretKey(),
                "--user-agent",
                AGENT,
                "--module",
                MODULES,
                "--level",
                "2",
                "--max-scan-time",
                Integer.toString(SCAN_SECONDS),
                "--flush-session",
                "--no-bugreport",
                "--format",
                "json",
                "--output",
                report.toString()))
        .succeeded();
    JsonObject found = JsonParser.parseString(Files.readString(report)).getAsJsonObject();
    return findings(found.getAsJsonObject("vulnerabilities"));
  }

  private static List<String> findings(JsonObject byKind) {
    List<String> findings = new ArrayList<>();
    byKind
        .asMap()
        .forEach(
            (kind, list) -> {
              if (!OF_PAGES.contains(kind)) {
                for (JsonElement finding : list.getAsJsonArray()) {
                  findings.add(kind + ": " + finding.getAsJsonObject().get("info"));
                }
              }
            });
    return findings;
  }
}
