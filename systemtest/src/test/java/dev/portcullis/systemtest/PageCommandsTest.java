package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Whether payment pages arrive as they are served, by the command line, on real processes behind
 * edges that change a byte.
 */
@Order(58)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageCommandsTest {

  private static final String EVENT = "portcullis.payment_page.changed";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private ChangingEdge api;
  private ChangingEdge cards;
  private Portcullis portcullis;
  private Administrator administrator;
  private String direct = "";

  @BeforeAll
  void start() throws Exception {
    api = new ChangingEdge();
    cards = new ChangingEdge();
    Path home = Portcullis.freshFolder("portcullis-pages");
    Files.writeString(
        home.resolve("portcullis.properties"),
        "gateway.public-url=%s%ngateway.cards-url=%s%n".formatted(api.url(), cards.url()));
    portcullis = Portcullis.start(home, Map.of());
    direct = "http://127.0.0.1:" + portcullis.port();
    api.inFrontOf(direct);
    cards.inFrontOf("http://127.0.0.1:" + (portcullis.port() + 1));
    administrator = Administrator.of(portcullis);
    Http.Answer made =
        Http.post(
            direct + "/v1/webhook_endpoints",
            portcullis.secretKey(),
            Map.of("url", "https://shop.example/hook", "enabled_events[]", EVENT));
    assertThat(made.status()).as(made.body()).isEqualTo(200);
  }

  @AfterAll
  void stop() {
    portcullis.close();
    api.close();
    cards.close();
  }

  private JsonArray events() throws IOException, InterruptedException {
    return Http.get(direct + "/v1/events?limit=100&type=" + EVENT, portcullis.secretKey())
        .json()
        .getAsJsonArray("data");
  }

  @Test
  void aByteOnTheWayIsSeenToldApprovedAndAnUnchangedPageIsNot() throws Exception {
    CommandResult clean = administrator.run("pages", "check");
    assertThat(clean.exitCode()).as(clean.said()).isZero();
    assertThat(clean.out())
        .contains("payment", "return", "frame_card", "frame_number", "frame_cvc");
    assertThat(told("payment")).isZero();

    api.change("/checkout.js");
    CommandResult seen = administrator.run("pages", "check");
    assertThat(seen.exitCode()).as(seen.said()).isEqualTo(3);
    assertThat(seen.out())
        .contains("payment  " + api.url() + "/checkout/sample: NOT as approved", "has changed");
    assertThat(told("payment")).isEqualTo(1);
    assertThat(administrator.run("pages", "check", "payment").exitCode()).isEqualTo(3);
    assertThat(told("payment")).as("told once").isEqualTo(1);

    api.change("");
    cards.change("/fields/cvc");
    assertThat(administrator.run("pages", "check", "frame_cvc").exitCode()).isEqualTo(3);
    assertThat(told("frame_cvc")).isEqualTo(1);
    String shown = administrator.run("pages", "show", "frame_cvc").succeeded();
    JsonObject page = administrator.json("pages", "show", "frame_cvc");
    assertThat(shown).contains("the document /fields/cvc has changed");
    String fingerprint = page.get("fingerprint").getAsString();
    administrator.run("pages", "approve", "frame_cvc", "--fingerprint", fingerprint).succeeded();
    CommandResult approved = administrator.run("pages", "check");
    assertThat(approved.exitCode()).as(approved.said()).isZero();
    cards.change("");
    assertThat(administrator.run("pages", "check", "frame_cvc").exitCode()).isEqualTo(3);
  }

  @Test
  void aMerchantsPageIsWatchedByOption() throws Exception {
    try (ChangingEdge shop = new ChangingEdge()) {
      shop.inFrontOf("http://127.0.0.1:" + (portcullis.port() + 1));
      String url = shop.url() + "/fields/card";
      JsonObject watched = administrator.json("pages", "watch", url, "--note", "a shop's page");
      String id = watched.get("id").getAsString();
      CommandResult unknown = administrator.run("pages", "check", id);
      assertThat(unknown.exitCode()).isEqualTo(3);
      assertThat(unknown.out()).contains("nobody has approved it yet");
      String fingerprint = administrator.json("pages", "show", id).get("fingerprint").getAsString();
      CommandResult unsaid =
          administrator.run("pages", "approve", id, "--fingerprint", fingerprint);
      assertThat(unsaid.exitCode()).isEqualTo(1);
      assertThat(unsaid.err()).contains("Say why it is there: the script " + shop.url());
      String script =
          unsaid.err().lines().findFirst().orElseThrow().replaceAll(".*the script (\\S+).*", "$1");
      administrator
          .run(
              "pages",
              "approve",
              id,
              "--fingerprint",
              fingerprint,
              "--reason",
              script,
              "types the card")
          .succeeded();
      assertThat(administrator.run("pages", "check", id).exitCode()).isZero();
      shop.change(".js");
      assertThat(administrator.run("pages", "check", id).exitCode()).isEqualTo(3);
      assertThat(told(id)).isEqualTo(1);
      assertThat(administrator.run("pages", "list").succeeded()).contains(id, "changed", url);
      administrator.run("pages", "unwatch", id).succeeded();
    }
  }

  private long told(String id) throws IOException, InterruptedException {
    long told = 0;
    for (JsonElement each : events()) {
      JsonObject event = each.getAsJsonObject();
      String page =
          event.getAsJsonObject("data").getAsJsonObject("object").get("page").getAsString();
      told += page.equals(id) ? 1 : 0;
    }
    return told;
  }

  @Test
  void whoMakesAPageUnreadableIsTold() throws Exception {
    api.refuse("/return");
    CommandResult blinded = administrator.run("pages", "check", "return");
    api.refuse("");
    assertThat(blinded.exitCode()).as(blinded.said()).isEqualTo(3);
    assertThat(blinded.out())
        .contains("return  " + api.url(), "NOT as approved", "the page cannot be compared");
    assertThat(told("return")).isEqualTo(1);
    assertThat(administrator.run("pages", "check", "return").exitCode()).isZero();
  }

  @Test
  void howThePagesLookIsSaidByTheCommandLine() throws Exception {
    byte[] picture = new byte[64];
    byte[] png = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    System.arraycopy(png, 0, picture, 0, png.length);
    Path logo = Portcullis.freshFolder("portcullis-logo").resolve("logo.png");
    Files.write(logo, picture);
    String shown =
        branding(
                "set",
                "--display-name",
                "Cups & Co",
                "--primary-color",
                "#0A7D4F",
                "--corner-radius",
                "3",
                "--logo",
                logo.toString())
            .succeeded();
    assertThat(shown)
        .contains("display name   Cups & Co", "primary color  #0a7d4f", "corner radius  3", "http");
    assertThat(branding("show").succeeded()).isEqualTo(shown);
    assertThat(branding("set", "--logo", "").succeeded())
        .contains("logo           none", "display name   Cups & Co");
    Files.write(logo, new byte[(48 << 10) + 1]);
    CommandResult large = branding("set", "--logo", logo.toString());
    assertThat(large.exitCode()).isEqualTo(1);
    assertThat(large.err()).contains("more than 48 KB");
    assertThat(branding("set").exitCode()).isEqualTo(1);
  }

  /** Past the edge, which passes no key on. */
  private CommandResult branding(String... arguments) {
    List<String> all = new ArrayList<>(List.of("branding"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--api", direct, "--home", portcullis.home().toString()));
    return Portcullis.launch(PATIENCE, Map.of("PORTCULLIS_API_KEY", portcullis.secretKey()), all);
  }

  @Test
  void whatBrowsersReportIsShown() throws Exception {
    Http.Answer sent =
        Http.send(
            Http.request(direct + "/checkout/reports")
                .header("Content-Type", "application/csp-report")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"csp-report\":{\"effective-directive\":\"script-src-elem\","
                            + "\"blocked-uri\":\"https://evil.example/x.js\"}}")));
    assertThat(sent.status()).isEqualTo(204);
    assertThat(administrator.run("pages", "reports").succeeded())
        .contains("script-src-elem", "https://evil.example")
        .doesNotContain("x.js");
  }
}
