package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;

/**
 * A page that wants the card: it owns everything around the frames, hears every message and may
 * forge any, and gets no digit before the card was stored and none but the last four after it.
 */
@Order(26)
@ExtendWith(SharedPortcullis.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostilePageTest {
  private static final String NUMBER = TestCards.generated(7_300_001);
  private static final String CODE = "958";

  private final Portcullis portcullis;
  private Browser browser;
  private HostPage page;

  HostilePageTest(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  @BeforeAll
  void start() throws Exception {
    browser = Browser.start();
    page = new HostPage(portcullis);
  }

  @AfterAll
  void stop() {
    if (page != null) {
      page.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void forget() {
    browser.forget();
  }

  private void open(String query, int frames) {
    browser.open(page.url("/" + query));
    browser.until(
        "the fields are ready",
        () ->
            Long.valueOf(frames)
                .equals(browser.script("return log.filter(e => e.name === 'ready').length")));
  }

  private void type(String frame, String input, String text) {
    browser.outside();
    browser.inside(frame);
    browser.find("#" + input).sendKeys(text);
    browser.outside();
  }

  private Object ask(String script, Object... arguments) {
    browser.outside();
    return String.valueOf(
        browser
            .driver()
            .executeAsyncScript(
                "const done = arguments[arguments.length - 1]; (async () => {"
                    + script
                    + "})().then(r => done(JSON.stringify(r)), e => done('thrown ' + e))",
                arguments));
  }

  private String seen() {
    return String.valueOf(browser.script("return seen.join('\\n')"));
  }

  /** No three digits of the number stand in there, and not the code. */
  private static void isSilent(String said) {
    for (int at = 0; at + 3 <= NUMBER.length(); at++) {
      String part = NUMBER.substring(at, at + 3);
      if (!part.equals("000")) {
        assertThat(said).doesNotContain(part);
      }
    }
    assertThat(said).doesNotContain(CODE).doesNotContain("2035").doesNotContain("11 / 35");
  }

  @Test
  void noMessageAndNoKeyTellsWhatIsTyped() {
    open("?three=1", 3);
    type("#number iframe", "number", NUMBER);
    type("#expiry iframe", "expiry", "1135");
    type("#cvc iframe", "cvc", CODE);
    browser.until("complete", () -> browser.script("return last('cardCvc').complete"));
    browser.script("els.cardNumber.focus().blur().update({placeholder: 'Your number'})");
    isSilent(seen());
    assertThat(browser.script("return keys.length")).as("keys that the page heard").isEqualTo(0L);
    assertThat(browser.script("return seen.filter(m => m.includes('change')).length < 12"))
        .as("no message for each key")
        .isEqualTo(true);

    assertThat(
            ask(
                "return (await p.createPaymentMethod({type: 'card', card:"
                    + " main})).paymentMethod.card.last4"))
        .isEqualTo('"' + NUMBER.substring(12) + '"');
    String after = seen();
    for (int at = 0; at + 6 <= NUMBER.length(); at++) {
      assertThat(after).doesNotContain(NUMBER.substring(at, at + 6));
    }
    assertThat(after).doesNotContain('"' + CODE + '"');
  }

  @Test
  void scriptsOfThePageReachNothingInTheFrame() {
    open("", 1);
    type("#card iframe", "number", NUMBER);
    assertThat(
            ask(
                """
                const frame = document.querySelector('#card iframe');
                const tries = {
                  document: () => frame.contentDocument,
                  inside: () => frame.contentWindow.document.body,
                  field: () => frame.contentWindow.number,
                  location: () => frame.contentWindow.location.href,
                  set: () => { frame.contentWindow.name = 'x'; return frame.contentWindow.name; },
                  prototype: () => frame.contentWindow.Object,
                  eval: () => frame.contentWindow.eval('1'),
                };
                return Object.entries(tries).map(([name, run]) => {
                  try { return run() ? name + ' worked' : 'null'; } catch (e) { return e.name; }
                });
                """))
        .isEqualTo(
            "[\"null\",\"SecurityError\",\"SecurityError\",\"SecurityError\",\"SecurityError\",\"SecurityError\",\"SecurityError\"]");
  }

  @Test
  void forgedMessagesAreNotHeard() {
    page.put("/evil", "<!doctype html><title>e</title><script src=\"/evil.js\"></script>");
    page.put(
        "/evil.js",
        """
        addEventListener('message', () => {
          const channel = new MessageChannel();
          channel.port1.onmessage = (event) => parent.postMessage({evil: event.data}, '*');
          parent.frames[0].postMessage(
            {portcullis: 'init', group: 'a'.repeat(24), locale: 'en', options: {}}, '*', [channel.port2]);
          channel.port1.postMessage({type: 'clear'});
          parent.postMessage({portcullis: 'returned'}, '*');
          setTimeout(() => parent.postMessage({evil: 'done'}, '*'), 500);
        });
        """);
    open("", 1);
    type("#card iframe", "number", NUMBER);
    // From a frame of another origin beside it.
    browser.script(
        "const f = document.createElement('iframe'); f.id = 'evil'; f.src ="
            + " arguments[0];f.addEventListener('load', () => f.contentWindow.postMessage('go',"
            + " '*')); document.body.append(f)",
        page.elsewhere("/evil"));
    browser.until(
        "it has tried", () -> browser.script("return seen.some(m => m.includes('\"done\"'))"));
    assertThat(browser.script("return seen.filter(m => m.includes('evil')).length"))
        .as("what the frame said to it: nothing but its own words")
        .isEqualTo(1L);
    // From the page itself: a second greeting with another port, and commands that there are not.
    assertThat(
            ask(
                """
                const channel = new MessageChannel(), heard = [];
                channel.port1.onmessage = (event) => heard.push(event.data);
                const frame = document.querySelector('#card iframe');
                frame.contentWindow.postMessage({portcullis: 'init', group: 'b'.repeat(24), options: {}}, '*', [channel.port2]);
                channel.port1.postMessage({type: 'create', id: 1, what: 'token', key: 'pk_test_x', with: []});
                for (const type of ['value', 'read', 'get', 'constructor', '__proto__', 'toString']) {
                  lastPort.postMessage({type, id: 2});
                }
                for (const odd of [null, 1, 'x', [], {}, {type: {}}, {type: 'update', options: null}]) {
                  lastPort.postMessage(odd);
                }
                lastPort.postMessage({type: 'create', id: 3, what: '__proto__', key: 'pk_test_x', with: []});
                lastPort.postMessage({type: 'create', id: 4, what: 'token', key: 'sk_test_x', with: []});
                await new Promise((resolve) => setTimeout(resolve, 500));
                return heard.length;
                """))
        .isEqualTo("0");
    isSilent(seen());
    browser.inside("#card iframe");
    assertThat(
            String.valueOf(browser.script("return document.getElementById('number').value"))
                .replace(" ", ""))
        .as("and the field is as it was")
        .isEqualTo(NUMBER);
    browser.outside();
  }

  /** The frames' own channel is of their origin; a name alone opens nothing. */
  @Test
  void theChannelBetweenFramesIsOutOfReach() {
    open("", 1);
    assertThat(
            ask(
                """
                const group = 'g'.repeat(24), heard = [], ports = [];
                const channel = new BroadcastChannel('portcullis ' + group);
                channel.onmessage = (event) => heard.push(event.data);
                const add = (kind) => new Promise((resolve) => {
                  const frame = document.createElement('iframe');
                  frame.id = 'own-' + kind;
                  frame.src = arguments[0] + '/fields/' + kind;
                  frame.addEventListener('load', () => {
                    const pair = new MessageChannel();
                    ports.push(pair.port1);
                    pair.port1.onmessage = (event) => { heard.push(event.data); event.data.type === 'ready' && resolve(); };
                    frame.contentWindow.postMessage({portcullis: 'init', group, options: {}}, '*', [pair.port2]);
                  });
                  document.body.append(frame);
                });
                await add('number');
                await add('expiry');
                channel.postMessage({ask: 'x', part: 'expiry'});
                globalThis.heard = heard;
                globalThis.ports = ports;
                return 0;
                """,
                portcullis.cards()))
        .isEqualTo("0");
    type("#own-number", "number", NUMBER);
    type("#own-expiry", "expiry", "1135");
    // As the page pleases: with no parts, with parts that are not there.
    assertThat(
            ask(
                """
                ports[0].postMessage({type: 'create', id: 1, what: 'payment_method', key: 'pk_test_x', with: ['expiry', 'cvc']});
                ports[1].postMessage({type: 'create', id: 2, what: 'payment_method', key: 'pk_test_x', with: ['number']});
                await new Promise((resolve) => setTimeout(resolve, 4000));
                return heard.some((each) => each.type === 'created');
                """))
        .isEqualTo("true");
    isSilent(String.valueOf(browser.script("return JSON.stringify(heard)")));
  }

  @Test
  void noStyleFetchesMovesOrHides() {
    String style =
        """
        {"base":{"backgroundColor":"url(%s)","backgroundImage":"url(%s)","position":"fixed","opacity":"0",
        "fontFamily":"x;background:url(%s)","color":"red;position:fixed","fontSize":"1px","transform":"scale(0)",
        "padding":"900px","letterSpacing":"900px","fontWeight":"700"}}
        """
            .replace("%s", page.url("/leak"))
            .replace("\n", "");
    open("?style=" + java.net.URLEncoder.encode(style, StandardCharsets.UTF_8), 1);
    browser.inside("#card iframe");
    assertThat(browser.script("return document.getElementById('number').getAttribute('style')"))
        .as("of all of it one property may be set")
        .isEqualTo("font-weight: 700;");
    assertThat(browser.script("return document.documentElement.getAttribute('style')")).isNull();
    browser.outside();
    assertThat(page.asked()).doesNotContain("/leak");
  }

  @Test
  void aFrameThatIsMovedForgets() {
    open("", 1);
    type("#card iframe", "number", NUMBER);
    browser.script("document.body.append(document.querySelector('#card iframe'))");
    browser.until(
        "it begins anew",
        () -> browser.script("return log.filter(e => e.name === 'ready').length === 2"));
    browser.inside("body > iframe");
    assertThat(browser.script("return document.getElementById('number').value")).isEqualTo("");
    browser.outside();
    isSilent(seen());
  }

  @Test
  void anotherScriptInTheLibrarysPlaceDoesNotRun() throws Exception {
    String library = Http.send(Http.request(portcullis.cards() + "/v1/portcullis.js").GET()).body();
    String integrity =
        "sha384-"
            + Base64.getEncoder()
                .encodeToString(
                    MessageDigest.getInstance("SHA-384")
                        .digest(library.getBytes(StandardCharsets.UTF_8)));
    String tag = "<script src=\"%s\" integrity=\"%s\" crossorigin></script>";
    page.put("/replaced.js", library.replaceFirst("'use strict';", "'use strict' ;"));
    page.put(
        "/true", HostPage.page(tag.formatted(portcullis.cards() + "/v1/portcullis.js", integrity)));
    page.put("/replaced", HostPage.page(tag.formatted(page.elsewhere("/replaced.js"), integrity)));
    browser.open(page.url("/true"));
    assertThat(browser.script("return typeof Portcullis")).isEqualTo("function");
    browser.open(page.url("/replaced"));
    assertThat(page.asked()).contains("/replaced.js");
    assertThat(browser.script("return typeof Portcullis")).isEqualTo("undefined");
  }

  @Test
  void aSecretKeyIsRefusedInAPage() {
    open("", 1);
    assertThat(ask("return Portcullis('sk_test_0123456789')"))
        .asString()
        .contains("publishable key is needed");
  }

  /** Only the bank's frame ends the challenge, not whoever says so. */
  @Test
  void nobodyElseEndsAChallenge() throws Exception {
    open("", 1);
    type("#card iframe", "number", "4000002500003155");
    type("#card iframe", "expiry", "1135");
    type("#card iframe", "cvc", CODE);
    Http.Answer intent =
        Http.post(
            portcullis.api() + "/v1/payment_intents",
            portcullis.secretKey(),
            java.util.Map.of(
                "amount", "1500", "currency", "usd", "payment_method_types[0]", "card"));
    browser.script(
        "p.confirmCardPayment(arguments[0], {payment_method: {card: main}}).then(r => {"
            + " globalThis.result = r; })",
        intent.json().get("client_secret").getAsString());
    browser.find("dialog iframe");
    browser.script("postMessage({portcullis: 'returned'}, '*')");
    browser.until("it came", () -> browser.script("return seen.some(m => m.includes('returned'))"));
    assertThat(browser.driver().findElements(By.cssSelector("dialog iframe"))).hasSize(1);
    assertThat(browser.script("return globalThis.result === undefined")).isEqualTo(true);
    assertThat(
            List.of(
                String.valueOf(browser.find("dialog iframe").getDomAttribute("sandbox"))
                    .split(" ")))
        .as("the bank's page cannot take the shop's away")
        .doesNotContain("allow-top-navigation");
  }
}
