package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Edge.Passed;
import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.Receiver.Reply;
import dev.portcullis.gateway.pages.PageWatch;
import dev.portcullis.wire.http.CommonHeaders;
import dev.portcullis.wire.http.StaticFile;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Payment pages as shoppers get them, through something in front that changes a byte, and whether
 * that is told.
 */
class PageWatchTest {

  private static final String EVENT = "portcullis.payment_page.changed";
  private static final Edge EDGE = new Edge();
  private static final Edge CARDS = new Edge();
  private static final Receiver VAULT = new Receiver();
  private static final Receiver SHOP = new Receiver();
  private static final Gateway GATEWAY = new Gateway(EDGE.url(), CARDS.url());
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);

  private static final StaticFile FRAME_SCRIPT = file("'use strict';");
  private static final String FRAME =
      "<!doctype html><html><head><script src=\"/fields/assets/a.js\"></script></head></html>";

  private static StaticFile file(String text) {
    return StaticFile.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @BeforeAll
  static void start() {
    EDGE.behind = GATEWAY.base;
    CARDS.behind = URI.create(VAULT.url("/"));
    Map<String, String> headers =
        Map.of("Content-Type", "text/html; charset=utf-8", "Origin-Agent-Cluster", "?1");
    VAULT.reply(
        request -> {
          Map<String, String> all = new LinkedHashMap<>(CommonHeaders.of(false));
          boolean page = request.path().equals("/fields/number");
          all.putAll(page ? headers : Map.of("Content-Type", "text/javascript"));
          return new Reply(200, all, page ? FRAME : "'use strict';");
        });
    GATEWAY.provider.serveFields(
        Map.of(
            "pages",
            List.of(Map.of("path", "/fields/number", "headers", headers, "html", FRAME)),
            "files",
            Map.of("/fields/assets/a.js", FRAME_SCRIPT.integrity())));
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    PEOPLE.add(PEOPLE.token("margaret"), "olga", "operator");
    assertThat(
            GATEWAY
                .post("/v1/webhook_endpoints", "url", SHOP.url("/hook"), "enabled_events[]", EVENT)
                .status())
        .isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
    EDGE.close();
    CARDS.close();
    VAULT.close();
    SHOP.close();
  }

  @AfterEach
  void mend() {
    EDGE.change = UnaryOperator.identity();
    CARDS.change = UnaryOperator.identity();
    round();
  }

  private static void round() {
    GATEWAY.clock.advance(Duration.ofHours(7));
    assertThat(GATEWAY.context.getBean(PageWatch.class).round()).isPositive();
  }

  private static Answer admin(
      String person, String method, String path, @Nullable Map<String, ?> body) {
    return PEOPLE.call(method, path, PEOPLE.token(person), body);
  }

  private static Map<String, @Nullable Object> page(String id) {
    Answer answer = admin("olga", "GET", "watched_pages/" + id, null);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.body();
  }

  private static String text(Map<String, @Nullable Object> object, String member) {
    return String.valueOf(object.get(member));
  }

  private static List<Map<String, @Nullable Object>> events() {
    return GATEWAY.get("/v1/events?limit=100&type=" + EVENT).data();
  }

  @SuppressWarnings("unchecked") // an event's data are maps
  private static Map<String, @Nullable Object> object(Map<String, @Nullable Object> event) {
    Map<String, @Nullable Object> data =
        (Map<String, @Nullable Object>) Objects.requireNonNull(event.get("data"));
    return (Map<String, @Nullable Object>) Objects.requireNonNull(data.get("object"));
  }

  private static UnaryOperator<Passed> at(String part, UnaryOperator<Passed> change) {
    return passed -> passed.path().contains(part) ? change.apply(passed) : passed;
  }

  private static UnaryOperator<Passed> inPage(String instead, String of) {
    return at("/checkout/sample", passed -> passed.body(html -> html.replace(of, instead)));
  }

  private static String metrics() {
    GATEWAY.clock.advance(Duration.ofSeconds(11));
    return GATEWAY.context.getBean(PrometheusMeterRegistry.class).scrape();
  }

  @Test
  void pagesThatArriveAsTheyAreServedAreTheSameAndNobodyIsTold() {
    int before = events().size();
    round();
    assertThat(page("payment")).as(page("payment").toString()).containsEntry("status", "same");
    assertThat(page("return")).containsEntry("status", "same");
    assertThat(page("frame_number")).containsEntry("status", "same");
    assertThat(events()).hasSize(before);
    assertThat(text(page("payment"), "items"))
        .contains("portcullis.js", "checkout.js", "content-security-policy", "x-frame-options");
    assertThat(EDGE.asked.getLast().toString())
        .contains("Mozilla/5.0", "Sec-fetch-mode", "Accept-language");
    assertThat(metrics()).contains("portcullis_pages_changed 0.0", "portcullis_pages_failing 0.0");
  }

  /** What a change is, and what is to be told of it. */
  private static UnaryOperator<Passed> change(String name) {
    return switch (name) {
      case "a byte of a script" ->
          at("/checkout.js", passed -> passed.body(script -> script.replaceFirst("let ", "var ")));
      case "a byte of a stylesheet" -> at("/checkout.css", passed -> passed.body(css -> css + " "));
      case "a byte of the page" -> inPage("<BODY ", "<body ");
      case "a foreign script" ->
          inPage("<script src=\"" + SHOP.url("/skim.js") + "\"></script></body>", "</body>");
      case "an inline script" -> inPage("<script>steal()</script></body>", "</body>");
      case "a handler" -> inPage("<form onsubmit=\"steal()\" ", "<form ");
      case "a javascript address" ->
          inPage("<a href=\"java&#10;script:steal()\">x</a></body>", "</body>");
      case "a foreign script that nobody else gets" ->
          inPage("<script src=\"http://127.0.0.1:1/skim.js\"></script></body>", "</body>");
      case "a base" -> inPage("<base href=\"https://evil.example/\"><title>", "<title>");
      case "a frame" ->
          inPage("<iframe src=\"https://evil.example/f\"></iframe></body>", "</body>");
      case "a form" -> inPage("<form action=\"https://evil.example/\" ", "<form ");
      case "a refresh" ->
          inPage(
              "<meta http-equiv=refresh content=\"0;url=https://evil.example\"><title>", "<title>");
      case "a weaker policy" ->
          at(
              "/checkout/sample",
              passed ->
                  passed.header(
                      "content-security-policy",
                      Objects.requireNonNull(passed.headers().get("content-security-policy"))
                          .getFirst()
                          .replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")));
      case "no policy" ->
          at("/checkout/sample", passed -> passed.header("content-security-policy"));
      case "a second referrer policy" ->
          at(
              "/checkout/sample",
              passed -> passed.header("referrer-policy", "no-referrer", "unsafe-url"));
      case "no sniffing header" ->
          at("/checkout/sample", passed -> passed.header("x-content-type-options"));
      case "a preloading header" ->
          at(
              "/checkout/sample",
              passed -> passed.header("link", "<https://evil.example/x.js>; rel=modulepreload"));
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a byte of a script",
        "a byte of a stylesheet",
        "a byte of the page",
        "a foreign script",
        "a foreign script that nobody else gets",
        "an inline script",
        "a handler",
        "a javascript address",
        "a base",
        "a frame",
        "a form",
        "a refresh",
        "a weaker policy",
        "no policy",
        "a second referrer policy",
        "no sniffing header",
        "a preloading header"
      })
  void eachChangeOnTheWayIsToldOnce(String what) {
    round();
    SHOP.reply(request -> new Reply(200, Map.of("Content-Type", "text/javascript"), ""));
    int before = events().size();
    EDGE.change = change(what);
    round();
    assertThat(page("payment")).as(what).containsEntry("status", "changed");
    assertThat(events()).as(what).hasSizeGreaterThan(before);
    int told = events().size();
    round();
    assertThat(events()).as("told once").hasSize(told);
    assertThat(metrics()).doesNotContain("portcullis_pages_changed 0.0");
  }

  @Test
  void anEventSaysInWordsWhatWasExpectedAndWhatCame() {
    round();
    EDGE.change = change("a byte of a script");
    round();
    Map<String, @Nullable Object> told = object(events().getFirst());
    assertThat(told)
        .containsEntry("page", "payment")
        .containsEntry("differences", 1L)
        .containsEntry("url", EDGE.url() + "/checkout/sample");
    assertThat(text(told, "changes"))
        .contains("/checkout.js has changed: expected sha384-", ", received sha384-");
    Eventually.until(
        () ->
            SHOP.at("/hook").stream()
                .anyMatch(each -> text(object(each.event()), "id").equals(text(told, "id"))));
  }

  @Test
  void aScriptThatIsGoneIsToldAndSoIsAFurtherChangeAndTheSameOneAgainLater() {
    round();
    int before = events().size();
    EDGE.change =
        at(
            "/checkout/sample",
            passed ->
                passed.body(
                    html ->
                        html.replaceFirst(
                            "<script src=\"[^\"]+/checkout.js\"[^>]*></script>", "")));
    round();
    assertThat(events()).hasSize(before + 1);
    assertThat(text(object(events().getFirst()), "changes")).contains("checkout.js is gone");
    UnaryOperator<Passed> first = EDGE.change;
    UnaryOperator<Passed> second = change("a handler");
    EDGE.change = passed -> second.apply(first.apply(passed));
    round();
    assertThat(events()).as("a further change").hasSize(before + 2);
    EDGE.change = UnaryOperator.identity();
    round();
    assertThat(page("payment")).containsEntry("status", "same");
    assertThat(events()).as("being back is no event").hasSize(before + 2);
    EDGE.change = first;
    round();
    assertThat(events()).as("the same again").hasSize(before + 3);
  }

  @Test
  void aFrameOfTheCardsOriginIsWatchedAgainstWhatTheVaultSays() {
    round();
    int before = events().size();
    CARDS.change = at("/fields/assets", passed -> passed.body(script -> script + "steal()"));
    round();
    assertThat(page("frame_number")).containsEntry("status", "changed");
    assertThat(events()).hasSize(before + 1);
    assertThat(object(events().getFirst())).containsEntry("page", "frame_number");
  }

  @Test
  void aPageThatNobodyAnswersForIsToldAfterSomeTries() {
    round();
    int before = events().size();
    EDGE.change = answering(502);
    for (int i = 0; i < 3; i++) {
      assertThat(metrics()).contains("portcullis_pages_failing 0.0");
      assertThat(page("payment")).as("what was known stays").containsEntry("status", "same");
      assertThat(events()).hasSize(before);
      GATEWAY.clock.advance(i == 0 ? Duration.ofHours(7) : Duration.ofMinutes(6));
      GATEWAY.context.getBean(PageWatch.class).round();
    }
    assertThat(text(page("payment"), "fault")).contains("/checkout/sample answers 502");
    assertThat(page("payment")).containsEntry("status", "changed");
    assertThat(metrics()).contains("portcullis_pages_failing 2.0");
    assertThat(metrics()).containsPattern("portcullis_pages_good_age_seconds 2[0-9]{4}");
    assertThat(events()).as("the page and the one to return to").hasSize(before + 2);
    round();
    assertThat(events()).as("told once").hasSize(before + 2);
  }

  private static UnaryOperator<Passed> answering(int status) {
    return passed -> new Passed(passed.path(), status, Map.of(), new byte[0]);
  }

  /** What whoever has changed a page can do so that nobody looks at it. */
  private static UnaryOperator<Passed> blinding(String how) {
    return switch (how) {
      case "too many scripts" ->
          inPage("<script>steal()</script>".repeat(501) + "</body>", "</body>");
      case "too large" -> inPage("x".repeat(4 << 20) + "</body>", "</body>");
      case "too deep" -> inPage("<i><b>".repeat(100_000) + "</body>", "</body>");
      case "packed otherwise" -> sample(passed -> passed.header("content-encoding", "br"));
      case "packed as it is not" -> sample(passed -> passed.header("content-encoding", "gzip"));
      case "to elsewhere" -> redirect("https://evil.example/");
      case "in a circle" -> redirect("/checkout/sample");
      case "to us alone" -> sample(answering(403));
      case "as gone" -> sample(answering(410));
      case "a script to us alone" -> at("/checkout.js", answering(403));
      case "a script too large" ->
          at("/checkout.js", passed -> passed.body(script -> script + " ".repeat(4 << 20)));
      default -> throw new IllegalArgumentException(how);
    };
  }

  private static UnaryOperator<Passed> redirect(String where) {
    return sample(
        passed -> new Passed(passed.path(), 302, Map.of("location", List.of(where)), new byte[0]));
  }

  private static UnaryOperator<Passed> sample(UnaryOperator<Passed> change) {
    return passed -> passed.path().equals("/checkout/sample") ? change.apply(passed) : passed;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "too many scripts",
        "too large",
        "too deep",
        "packed otherwise",
        "packed as it is not",
        "to elsewhere",
        "in a circle",
        "to us alone",
        "as gone",
        "a script to us alone",
        "a script too large"
      })
  void whoMakesAPageUnreadableDoesNotBlindTheWatch(String how) {
    round();
    int before = events().size();
    EDGE.change = blinding(how);
    round();
    assertThat(page("payment")).as(how).containsEntry("status", "changed");
    List<Map<String, @Nullable Object>> told =
        events().subList(0, events().size() - before).stream()
            .map(PageWatchTest::object)
            .filter(each -> "payment".equals(each.get("page")))
            .toList();
    assertThat(told).as(how).hasSize(1);
    assertThat(text(told.getFirst(), "changes"))
        .containsAnyOf("cannot be compared", "is not served", "the document");
    int after = events().size();
    round();
    assertThat(events()).as("told once").hasSize(after);
    assertThat(metrics()).doesNotContain("portcullis_pages_changed 0.0");
    EDGE.change = UnaryOperator.identity();
    round();
    assertThat(page("payment")).containsEntry("status", "same");
    assertThat(page("payment")).containsEntry("fault", null);
    assertThat(events()).as("being back is no event").hasSize(after);
  }

  @Test
  void anotherWayOfBlindingIsToldAgainAndSoIsTheSameOneLater() {
    round();
    int before = events().size();
    EDGE.change = blinding("to us alone");
    round();
    assertThat(events()).hasSize(before + 1);
    assertThat(object(events().getFirst())).containsEntry("page", "payment");
    assertThat(text(object(events().getFirst()), "changes"))
        .contains("the page cannot be compared: ", "/checkout/sample answers 403");
    EDGE.change = blinding("to elsewhere");
    round();
    assertThat(events()).as("another way").hasSize(before + 2);
    EDGE.change = change("a handler");
    round();
    assertThat(events()).as("what it was to hide").hasSize(before + 3);
    EDGE.change = UnaryOperator.identity();
    round();
    EDGE.change = blinding("to us alone");
    round();
    assertThat(events()).as("the same again").hasSize(before + 4);
  }

  @Test
  void aMerchantsPageThatCannotBeReadIsToldOnceItIsApproved() {
    try (Receiver shop = new Receiver()) {
      shop.reply(request -> Reply.of(403));
      String id =
          admin(
                  "margaret",
                  "POST",
                  "watched_pages",
                  Map.of("url", shop.url("/pay"), "account", "acct_first"))
              .string("id");
      int before = events().size();
      round();
      assertThat(page(id)).as("nothing is expected yet").containsEntry("status", "waiting");
      assertThat(events()).hasSize(before);
      shop.reply(request -> new Reply(200, Map.of(), "<p>Shop</p>"));
      round();
      Answer approved =
          admin("margaret", "POST", "watched_pages/" + id + "/approve", approval(page(id)));
      assertThat(approved.status()).as(approved.text()).isEqualTo(200);
      shop.reply(request -> new Reply(200, Map.of("Content-Encoding", "br"), "<p>Shop</p>"));
      round();
      assertThat(events()).hasSize(before + 1);
      assertThat(text(object(events().getFirst()), "changes")).contains("packed");
      Answer unseen =
          admin("margaret", "POST", "watched_pages/" + id + "/approve", approval(page(id)));
      assertThat(unseen.error()).containsEntry("code", "page_not_seen");
      assertThat(admin("margaret", "DELETE", "watched_pages/" + id, null).status()).isEqualTo(200);
    }
  }

  @Test
  void whatAnEdgeAddsCanBeApprovedAndOutlivesNothingElse() {
    round();
    UnaryOperator<Passed> added =
        at("/checkout/sample", passed -> passed.header("permissions-policy", "camera=()"));
    EDGE.change = added;
    round();
    Map<String, @Nullable Object> seen = page("payment");
    assertThat(seen).containsEntry("status", "changed");
    Answer refused = admin("olga", "POST", "watched_pages/payment/approve", approval(seen));
    assertThat(refused.status()).as("an operator reads").isEqualTo(403);
    Answer other =
        admin(
            "margaret",
            "POST",
            "watched_pages/payment/approve",
            Map.of("fingerprint", "0".repeat(32)));
    assertThat(other.error()).containsEntry("code", "page_seen_differently");
    Answer approved = admin("margaret", "POST", "watched_pages/payment/approve", approval(seen));
    assertThat(approved.status()).as(approved.text()).isEqualTo(200);
    assertThat(text(approved.body(), "reasons")).contains("Mounts the card fields");
    round();
    assertThat(page("payment")).containsEntry("status", "same");
    EDGE.change = UnaryOperator.identity();
    round();
    assertThat(page("payment")).as("what was approved is gone").containsEntry("status", "changed");
    admin("margaret", "POST", "watched_pages/payment/approve", approval(page("payment")));
    round();
    assertThat(page("payment")).containsEntry("status", "same");
    String audit = admin("margaret", "GET", "audit", null).text();
    assertThat(audit).contains("page.approved", "version 2");
  }

  private static Map<String, ?> approval(Map<String, @Nullable Object> seen) {
    return Map.of("fingerprint", Objects.requireNonNull(seen.get("fingerprint")));
  }

  @Test
  void aMerchantsPageIsComparedWithWhatWasApprovedOfItWithAReasonForEachScript() {
    try (Receiver shop = new Receiver()) {
      String[] html = {
        "<html><script src=/own.js></script><script>window.x=1</script><p>Shop</p></html>"
      };
      shop.reply(
          request ->
              request.path().equals("/pay")
                  ? new Reply(
                      200,
                      Map.of(
                          "Content-Type",
                          "text/html",
                          "Content-Security-Policy",
                          "script-src 'nonce-" + System.nanoTime() + "'"),
                      html[0])
                  : new Reply(200, Map.of(), "own()"));
      Answer watched =
          admin(
              "margaret",
              "POST",
              "watched_pages",
              Map.of("url", shop.url("/pay"), "account", "acct_first", "note", "the shop"));
      assertThat(watched.status()).as(watched.text()).isEqualTo(200);
      String id = watched.string("id");
      round();
      assertThat(page(id)).containsEntry("status", "waiting");
      Answer unsaid =
          admin("margaret", "POST", "watched_pages/" + id + "/approve", approval(page(id)));
      assertThat(unsaid.error()).containsEntry("code", "justification_missing");
      Map<String, Object> said = new LinkedHashMap<>(approval(page(id)));
      said.put(
          "reasons", List.of(Map.of("subject", shop.url("/own.js"), "why", "the shop's basket")));
      said.put("reason_for_others", "counts visits");
      Answer approved = admin("margaret", "POST", "watched_pages/" + id + "/approve", said);
      assertThat(approved.status()).as(approved.text()).isEqualTo(200);
      round();
      assertThat(page(id)).as("a fresh nonce is no change").containsEntry("status", "same");
      int before = events().size();
      html[0] = html[0].replace("<p>Shop</p>", "<p>Sale</p>");
      round();
      assertThat(events()).as("words of the page are the shop's own business").hasSize(before);
      html[0] = html[0].replace("window.x=1", "window.x=2");
      Answer checked = admin("olga", "POST", "watched_pages/" + id + "/check", Map.of());
      assertThat(checked.string("status")).isEqualTo("changed");
      assertThat(events()).hasSize(before + 1);
      assertThat(object(events().getFirst())).containsEntry("page", id);
      Answer gone = admin("margaret", "DELETE", "watched_pages/" + id, null);
      assertThat(gone.status()).isEqualTo(200);
      assertThat(admin("olga", "GET", "watched_pages/" + id, null).status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://10.0.0.1/",
        "https://169.254.169.254/latest",
        "http://shop.example/",
        "file:///etc/passwd",
        "https://user@shop.example/"
      })
  void aPageInsideIsNotWatched(String url) {
    Answer answer =
        admin("margaret", "POST", "watched_pages", Map.of("url", url, "account", "acct_first"));
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
  }

  @Test
  void ofAnAccountTwentyPagesAreWatchedAtMostAndOursAlways() {
    String token = PEOPLE.token("margaret");
    Map<String, String> page = Map.of("url", SHOP.url("/many"), "account", "acct_second");
    for (int i = 0; i < 20; i++) {
      assertThat(PEOPLE.call("POST", "watched_pages", token, page).status()).isEqualTo(200);
    }
    assertThat(PEOPLE.call("POST", "watched_pages", token, page).error())
        .containsEntry("code", "too_many_pages");
    List<Map<String, @Nullable Object>> all =
        PEOPLE.call("GET", "watched_pages", token, null).data();
    for (Map<String, @Nullable Object> each : all) {
      if ("acct_second".equals(each.get("account"))) {
        PEOPLE.call("DELETE", "watched_pages/" + each.get("id"), token, null);
      }
    }
    assertThat(PEOPLE.call("DELETE", "watched_pages/payment", token, null).error())
        .containsEntry("code", "page_not_removable");
  }

  private static HttpRequest.Builder open(String url) {
    return HttpRequest.newBuilder(URI.create(url));
  }

  @Test
  void nothingCanBePaidOnTheSample() {
    String html = GATEWAY.send(open(GATEWAY.base + "/checkout/sample")).text();
    assertThat(html)
        .contains("Nothing can be paid here", "&quot;sample&quot;")
        .doesNotContain("pk_");
    Answer paid =
        GATEWAY.send(
            open(GATEWAY.base + "/checkout/sample/pay")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(paid.status()).isEqualTo(404);
  }
}
