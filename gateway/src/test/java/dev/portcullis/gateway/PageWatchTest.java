package dev.portcullis.gateway;

import static dev.portcullis.gateway.PageDesk.approval;
import static dev.portcullis.gateway.PageDesk.object;
import static dev.portcullis.gateway.PageDesk.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Edge.Passed;
import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.Receiver.Reply;
import dev.portcullis.gateway.pages.PageWatch;
import dev.portcullis.wire.http.CommonHeaders;
import dev.portcullis.wire.http.StaticFile;
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

  private static final Edge EDGE = new Edge();
  private static final Edge CARDS = new Edge();
  private static final Receiver VAULT = new Receiver();
  private static final Receiver SHOP = new Receiver();
  private static final Gateway GATEWAY = new Gateway(EDGE.url(), CARDS.url());
  private static final PageDesk DESK = new PageDesk(GATEWAY);

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
    DESK.tell(SHOP.url("/hook"));
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
    DESK.round();
  }

  private static UnaryOperator<Passed> at(String part, UnaryOperator<Passed> change) {
    return passed -> passed.path().contains(part) ? change.apply(passed) : passed;
  }

  private static UnaryOperator<Passed> inPage(String instead, String of) {
    return at("/checkout/sample", passed -> passed.body(html -> html.replace(of, instead)));
  }

  @Test
  void pagesThatArriveAsTheyAreServedAreTheSameAndNobodyIsTold() {
    int before = DESK.events().size();
    DESK.round();
    assertThat(DESK.page("payment"))
        .as(DESK.page("payment").toString())
        .containsEntry("status", "same");
    assertThat(DESK.page("return")).containsEntry("status", "same");
    assertThat(DESK.page("frame_number")).containsEntry("status", "same");
    assertThat(DESK.events()).hasSize(before);
    assertThat(text(DESK.page("payment"), "items"))
        .contains("portcullis.js", "checkout.js", "content-security-policy", "x-frame-options");
    assertThat(EDGE.asked.getLast().toString())
        .contains("Mozilla/5.0", "Sec-fetch-mode", "Accept-language");
    assertThat(DESK.metrics())
        .contains("portcullis_pages_changed 0.0", "portcullis_pages_failing 0.0");
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
    DESK.round();
    SHOP.reply(request -> new Reply(200, Map.of("Content-Type", "text/javascript"), ""));
    int before = DESK.events().size();
    EDGE.change = change(what);
    DESK.round();
    assertThat(DESK.page("payment")).as(what).containsEntry("status", "changed");
    assertThat(DESK.events()).as(what).hasSizeGreaterThan(before);
    int told = DESK.events().size();
    DESK.round();
    assertThat(DESK.events()).as("told once").hasSize(told);
    assertThat(DESK.metrics()).doesNotContain("portcullis_pages_changed 0.0");
  }

  @Test
  void anEventSaysInWordsWhatWasExpectedAndWhatCame() {
    DESK.round();
    EDGE.change = change("a byte of a script");
    DESK.round();
    Map<String, @Nullable Object> told = object(DESK.events().getFirst());
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
    DESK.round();
    int before = DESK.events().size();
    EDGE.change =
        at(
            "/checkout/sample",
            passed ->
                passed.body(
                    html ->
                        html.replaceFirst(
                            "<script src=\"[^\"]+/checkout.js\"[^>]*></script>", "")));
    DESK.round();
    assertThat(DESK.events()).hasSize(before + 1);
    assertThat(text(object(DESK.events().getFirst()), "changes")).contains("checkout.js is gone");
    UnaryOperator<Passed> first = EDGE.change;
    UnaryOperator<Passed> second = change("a handler");
    EDGE.change = passed -> second.apply(first.apply(passed));
    DESK.round();
    assertThat(DESK.events()).as("a further change").hasSize(before + 2);
    EDGE.change = UnaryOperator.identity();
    DESK.round();
    assertThat(DESK.page("payment")).containsEntry("status", "same");
    assertThat(DESK.events()).as("being back is no event").hasSize(before + 2);
    EDGE.change = first;
    DESK.round();
    assertThat(DESK.events()).as("the same again").hasSize(before + 3);
  }

  @Test
  void aFrameOfTheCardsOriginIsWatchedAgainstWhatTheVaultSays() {
    DESK.round();
    int before = DESK.events().size();
    CARDS.change = at("/fields/assets", passed -> passed.body(script -> script + "steal()"));
    DESK.round();
    assertThat(DESK.page("frame_number")).containsEntry("status", "changed");
    assertThat(DESK.events()).hasSize(before + 1);
    assertThat(object(DESK.events().getFirst())).containsEntry("page", "frame_number");
  }

  @Test
  void aPageThatNobodyAnswersForIsToldAfterSomeTries() {
    DESK.round();
    int before = DESK.events().size();
    EDGE.change = answering(502);
    for (int i = 0; i < 3; i++) {
      assertThat(DESK.metrics()).contains("portcullis_pages_failing 0.0");
      assertThat(DESK.page("payment")).as("what was known stays").containsEntry("status", "same");
      assertThat(DESK.events()).hasSize(before);
      GATEWAY.clock.advance(i == 0 ? Duration.ofHours(7) : Duration.ofMinutes(6));
      GATEWAY.context.getBean(PageWatch.class).round();
    }
    assertThat(text(DESK.page("payment"), "fault")).contains("/checkout/sample answers 502");
    assertThat(DESK.page("payment")).containsEntry("status", "changed");
    assertThat(DESK.metrics()).contains("portcullis_pages_failing 2.0");
    assertThat(DESK.metrics()).containsPattern("portcullis_pages_good_age_seconds 2[0-9]{4}");
    assertThat(DESK.events()).as("the page and the one to return to").hasSize(before + 2);
    DESK.round();
    assertThat(DESK.events()).as("told once").hasSize(before + 2);
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
    DESK.round();
    int before = DESK.events().size();
    EDGE.change = blinding(how);
    DESK.round();
    assertThat(DESK.page("payment")).as(how).containsEntry("status", "changed");
    List<Map<String, @Nullable Object>> told =
        DESK.events().subList(0, DESK.events().size() - before).stream()
            .map(PageDesk::object)
            .filter(each -> "payment".equals(each.get("page")))
            .toList();
    assertThat(told).as(how).hasSize(1);
    assertThat(text(told.getFirst(), "changes"))
        .containsAnyOf("cannot be compared", "is not served", "the document");
    int after = DESK.events().size();
    DESK.round();
    assertThat(DESK.events()).as("told once").hasSize(after);
    assertThat(DESK.metrics()).doesNotContain("portcullis_pages_changed 0.0");
    EDGE.change = UnaryOperator.identity();
    DESK.round();
    assertThat(DESK.page("payment")).containsEntry("status", "same");
    assertThat(DESK.page("payment")).containsEntry("fault", null);
    assertThat(DESK.events()).as("being back is no event").hasSize(after);
  }

  @Test
  void anotherWayOfBlindingIsToldAgainAndSoIsTheSameOneLater() {
    DESK.round();
    int before = DESK.events().size();
    EDGE.change = blinding("to us alone");
    DESK.round();
    assertThat(DESK.events()).hasSize(before + 1);
    assertThat(object(DESK.events().getFirst())).containsEntry("page", "payment");
    assertThat(text(object(DESK.events().getFirst()), "changes"))
        .contains("the page cannot be compared: ", "/checkout/sample answers 403");
    EDGE.change = blinding("to elsewhere");
    DESK.round();
    assertThat(DESK.events()).as("another way").hasSize(before + 2);
    EDGE.change = change("a handler");
    DESK.round();
    assertThat(DESK.events()).as("what it was to hide").hasSize(before + 3);
    EDGE.change = UnaryOperator.identity();
    DESK.round();
    EDGE.change = blinding("to us alone");
    DESK.round();
    assertThat(DESK.events()).as("the same again").hasSize(before + 4);
  }

  @Test
  void whatAnEdgeAddsCanBeApprovedAndOutlivesNothingElse() {
    DESK.round();
    UnaryOperator<Passed> added =
        at("/checkout/sample", passed -> passed.header("permissions-policy", "camera=()"));
    EDGE.change = added;
    DESK.round();
    Map<String, @Nullable Object> seen = DESK.page("payment");
    assertThat(seen).containsEntry("status", "changed");
    Answer refused = DESK.admin("olga", "POST", "watched_pages/payment/approve", approval(seen));
    assertThat(refused.status()).as("an operator reads").isEqualTo(403);
    Answer other =
        DESK.admin(
            "margaret",
            "POST",
            "watched_pages/payment/approve",
            Map.of("fingerprint", "0".repeat(32)));
    assertThat(other.error()).containsEntry("code", "page_seen_differently");
    Answer approved =
        DESK.admin("margaret", "POST", "watched_pages/payment/approve", approval(seen));
    assertThat(approved.status()).as(approved.text()).isEqualTo(200);
    assertThat(text(approved.body(), "reasons")).contains("Mounts the card fields");
    DESK.round();
    assertThat(DESK.page("payment")).containsEntry("status", "same");
    EDGE.change = UnaryOperator.identity();
    DESK.round();
    assertThat(DESK.page("payment"))
        .as("what was approved is gone")
        .containsEntry("status", "changed");
    DESK.admin("margaret", "POST", "watched_pages/payment/approve", approval(DESK.page("payment")));
    DESK.round();
    assertThat(DESK.page("payment")).containsEntry("status", "same");
    String audit = DESK.admin("margaret", "GET", "audit", null).text();
    assertThat(audit).contains("page.approved", "version 2");
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
