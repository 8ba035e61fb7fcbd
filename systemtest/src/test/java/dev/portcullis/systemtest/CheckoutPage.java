package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The hosted checkout page in a shopper's browser: makes its sessions, fills it in, judges it. */
final class CheckoutPage implements AutoCloseable {
  static final String VISA = "4242424242424242";
  static final String CHALLENGED = "4000002500003155";
  static final String BANK = "dialog iframe";

  private static final String WCAG = "'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'";
  private static final Path AXE = Path.of("node", "node_modules", "axe-core", "axe.min.js");

  private final Portcullis portcullis;
  private final String axe;
  final Browser browser = Browser.start();

  CheckoutPage(Portcullis portcullis) throws IOException, InterruptedException {
    this.portcullis = portcullis;
    Path folder = Portcullis.checkout().resolve("systemtest");
    if (!Files.exists(folder.resolve(AXE))) {
      Commands.run(
              Duration.ofMinutes(2),
              Map.of(),
              List.of(
                  "npm",
                  "--prefix",
                  folder.resolve("node").toString(),
                  "ci",
                  "--no-audit",
                  "--no-fund",
                  "--ignore-scripts"))
          .succeeded();
    }
    axe = Files.readString(folder.resolve(AXE));
  }

  @Override
  public void close() {
    browser.close();
  }

  record Shop(String id, String url) {}

  Map<String, String> form(String... more) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("success_url", portcullis.api() + "/thanks?session={CHECKOUT_SESSION_ID}");
    form.put("cancel_url", portcullis.api() + "/cart");
    for (int i = 0; i < more.length; i += 2) {
      form.put(more[i], more[i + 1]);
    }
    return form;
  }

  Shop shop(String... more) throws IOException, InterruptedException {
    Map<String, String> form =
        form(
            "mode",
            "payment",
            "line_items[0][price_data][currency]",
            "eur",
            "line_items[0][price_data][unit_amount]",
            "1250",
            "line_items[0][price_data][product_data][name]",
            "Porcelain cup",
            "line_items[0][price_data][product_data][description]",
            "Hand-thrown, 250 ml, glazed in celadon",
            "line_items[0][quantity]",
            "3");
    form.putAll(form(more));
    return session(form);
  }

  Shop session(Map<String, String> form) throws IOException, InterruptedException {
    Http.Answer answer =
        Http.post(portcullis.api() + "/v1/checkout/sessions", portcullis.secretKey(), form);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return new Shop(answer.json().get("id").getAsString(), answer.json().get("url").getAsString());
  }

  String state(Shop shop) throws IOException, InterruptedException {
    return Http.get(portcullis.api() + "/v1/checkout/sessions/" + shop.id(), portcullis.secretKey())
        .json()
        .get("status")
        .getAsString();
  }

  /** By the address that the merchant is given: it names the origin that the page trusts. */
  void open(Shop shop) {
    browser.outside();
    browser.driver().get(shop.url());
    browser.find("#pay");
    for (String field : List.of("number", "expiry", "cvc")) {
      browser.until(
          field + " is there",
          () -> {
            browser.outside();
            if (browser
                .driver()
                .findElements(By.cssSelector("#new-card:not([hidden])"))
                .isEmpty()) {
              return true;
            }
            browser.inside("#card-" + field + " iframe");
            boolean ready = !browser.driver().findElements(By.tagName("input")).isEmpty();
            browser.outside();
            return ready;
          });
    }
  }

  void typeCard(String number, String expiry, String code) {
    type("number", number);
    type("expiry", expiry);
    type("cvc", code);
  }

  void type(String field, String text) {
    browser.outside();
    browser.inside("#card-" + field + " iframe");
    WebElement input = browser.find("input");
    input.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
    input.sendKeys(text);
    browser.outside();
  }

  void fill(String number) {
    browser.type("#email", "shopper@example.com");
    browser.type("#name", "Ann Shopper");
    typeCard(number, "1234", "123");
  }

  void awaitThanks(Shop shop) {
    browser.until(
        "the shopper is back at the shop",
        () -> browser.url().equals(portcullis.api() + "/thanks?session=" + shop.id()));
  }

  void awaitProblem(String part) {
    browser.until(part, () -> browser.text("#problem").contains(part));
    assertThat(browser.script("return document.activeElement.id")).isEqualTo("problem");
  }

  void answerBank(String button) {
    browser.outside();
    browser.inside(BANK);
    browser
        .until(
            button,
            () ->
                browser.driver().findElements(By.tagName("button")).stream()
                    .filter(each -> each.getText().startsWith(button))
                    .findFirst()
                    .orElse(null))
        .click();
    browser.outside();
  }

  /** No rule of WCAG 2.2 AA that a machine can judge is broken, in the page and its card fields. */
  void assertAccessible(String state) {
    browser.outside();
    assertNoViolation(state, WCAG + ", 'best-practice']");
    for (String field : List.of("number", "expiry", "cvc")) {
      if (!browser.driver().findElements(By.cssSelector("#card-" + field + " iframe")).isEmpty()
          && browser.driver().findElement(By.id("card-" + field)).isDisplayed()) {
        browser.inside("#card-" + field + " iframe");
        // Landmarks, headings and what lies behind the transparent frame are the page's around it.
        assertNoViolation(
            state + ", " + field, WCAG + "], rules: {'color-contrast': {enabled: false}}");
        browser.outside();
      }
    }
  }

  private void assertNoViolation(String state, String rules) {
    browser.script(axe);
    Object violations =
        browser
            .driver()
            .executeAsyncScript(
                "const done = arguments[arguments.length - 1];"
                    + "axe.run(document, {iframes: false, resultTypes: ['violations'],"
                    + " runOnly: ["
                    + rules
                    + "}).then(r => done(r.violations.flatMap(v =>"
                    + " v.nodes.map(n => v.id + ': ' + n.html + ' ' + n.failureSummary))),"
                    + " e => done([String(e)]))");
    assertThat((List<?>) violations).as(state).isEmpty();
  }

  void assertFits(String state) {
    assertThat(browser.script("return document.documentElement.scrollWidth <= innerWidth"))
        .as(state + " needs no scrolling sideways")
        .isEqualTo(true);
  }

  /** The bank's page is closed, and the question whether that is meant is answered with yes. */
  void leaveBank() {
    browser.find(BANK);
    browser.press(Keys.ESCAPE);
    browser.click("dialog button");
    browser.until("it asks", () -> browser.text("dialog").contains("Close the confirmation?"));
    browser.driver().findElements(By.cssSelector("dialog button")).getLast().click();
  }

  /** The session as the merchant sees it. */
  JsonObject session(Shop shop) throws IOException, InterruptedException {
    return Http.get(portcullis.api() + "/v1/checkout/sessions/" + shop.id(), portcullis.secretKey())
        .json();
  }

  /** How often the session's payment was charged. */
  int charges(Shop shop) throws IOException, InterruptedException {
    String intent = session(shop).get("payment_intent").getAsString();
    return (int)
        Http.get(portcullis.api() + "/v1/charges?payment_intent=" + intent, portcullis.secretKey())
            .json()
            .getAsJsonArray("data")
            .asList()
            .stream()
            .filter(charge -> charge.getAsJsonObject().get("paid").getAsBoolean())
            .count();
  }
}
