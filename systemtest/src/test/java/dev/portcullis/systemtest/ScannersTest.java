package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
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
  void sqlmapFindsNothingToInject(@TempDir Path folder) {
    requireLongRunWith("sqlmap");
    for (List<String> target :
        List.of(
            List.of("-u", portcullis.api() + "/v1/customers?email=a@example.com&limit=3"),
            List.of("-u", portcullis.api() + "/v1/payment_intents/search?query=amount>1&limit=2"),
            List.of(
                "-u",
                portcullis.api() + "/v1/customers",
                "--data",
                "name=Ada&description=d&metadata[k]=v"))) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  "sqlmap",
                  "--batch",
                  "--flush-session",
                  "--level=2",
                  "--risk=1",
                  "--dbms=PostgreSQL",
                  "--technique=BEUS",
                  "--ignore-code=400",
                  "--output-dir=" + folder,
                  "-H",
                  "Authorization: Bearer " + portcullis.secretKey()));
      command.addAll(target);
      CommandResult scan = Commands.run(LIMIT, Map.of(), command);
      assertThat(scan.said()).contains("do not appear to be injectable");
      assertThat(scan.said()).doesNotContain("Payload:");
    }
  }

  @Test
  void wapitiFindsNothing(@TempDir Path folder) throws IOException {
    requireLongRunWith("wapiti");
    for (String url :
        List.of(
            portcullis.api() + "/v1/customers?email=a@example.com&limit=3",
            portcullis.cards() + "/v1/tokens?card=1")) {
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
                  "--module",
                  "all",
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
      assertThat(findings(found.getAsJsonObject("vulnerabilities"))).as(url).isEmpty();
    }
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
