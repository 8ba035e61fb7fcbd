package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Shoppers pay at the hosted page, in a real browser. */
@Order(27)
@ExtendWith(SharedPortcullis.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckoutPageTest {
  private static final String VISA = "4242424242424242";
  private static final String CHALLENGED = "4000002500003155";
  private static final String BANK = "dialog iframe";
  private static final String WCAG = "'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'";
  private static final Path AXE = Path.of("node", "node_modules", "axe-core", "axe.min.js");

  private final Portcullis portcullis;
  private Browser browser;
  private String axe = "";

  CheckoutPageTest(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  @BeforeAll
  void start() throws Exception {
    browser = Browser.start();
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
    assertThat(
            Http.post(
                    portcullis.api() + "/v1/page_branding",
                    portcullis.secretKey(),
                    Map.of("display_name", "Celadon & Co", "primary_color", "#0a7d4f"))
                .status())
        .isEqualTo(200);
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void forget() {
    browser.forget();
  }

  private record Shop(String id, String url) {}

  private Map<String, String> form(String... more) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("success_url", portcullis.api() + "/thanks?session={CHECKOUT_SESSION_ID}");
    form.put("cancel_url", portcullis.api() + "/cart");
    for (int i = 0; i < more.length; i += 2) {
      form.put(more[i], more[i + 1]);
    }
    return form;
  }

  private Shop shop(String... more) throws Exception {
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

  private Shop session(Map<String, String> form) throws Exception {
    Http.Answer answer =
        Http.post(portcullis.api() + "/v1/checkout/sessions", portcullis.secretKey(), form);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return new Shop(answer.json().get("id").getAsString(), answer.json().get("url").getAsString());
  }

  private String state(Shop shop) throws Exception {
    return Http.get(portcullis.api() + "/v1/checkout/sessions/" + shop.id(), portcullis.secretKey())
        .json()
        .get("status")
        .getAsString();
  }

  /** By the address that the merchant is given: it names the origin that the page trusts. */
  private void open(Shop shop) {
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

  private void typeCard(String number, String expiry, String code) {
    type("number", number);
    type("expiry", expiry);
    type("cvc", code);
  }

  private void type(String field, String text) {
    browser.outside();
    browser.inside("#card-" + field + " iframe");
    WebElement input = browser.find("input");
    input.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
    input.sendKeys(text);
    browser.outside();
  }

  private void fill(String number) {
    browser.type("#email", "shopper@example.com");
    browser.type("#name", "Ann Shopper");
    typeCard(number, "1234", "123");
  }

  private void awaitThanks(Shop shop) {
    browser.until(
        "the shopper is back at the shop",
        () -> browser.url().equals(portcullis.api() + "/thanks?session=" + shop.id()));
  }

  private void awaitProblem(String part) {
    browser.until(part, () -> browser.text("#problem").contains(part));
    assertThat(browser.script("return document.activeElement.id")).isEqualTo("problem");
  }

  private void answerBank(String button) {
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
  private void assertAccessible(String state) {
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

  private void assertFits(String state) {
    assertThat(browser.script("return document.documentElement.scrollWidth <= innerWidth"))
        .as(state + " needs no scrolling sideways")
        .isEqualTo(true);
  }

  @Test
  void a_shopper_pays_and_a_copy_of_the_page_pays_nothing() throws Exception {
    Shop shop = shop();
    open(shop);
    fill(VISA);
    browser.screenshot("checkout-filled");
    browser.click("#pay");
    awaitThanks(shop);
    assertThat(state(shop)).isEqualTo("complete");
    browser.driver().get(shop.url());
    assertThat(browser.text("h1")).isEqualTo("All done, thank you");
    assertAccessible("complete");
    browser.screenshot("checkout-complete");
  }

  @Test
  void each_decline_says_what_to_do_and_loses_nothing() throws Exception {
    Shop shop = shop();
    open(shop);
    fill("4000000000000002");
    Map<String, String> said = new LinkedHashMap<>();
    said.put("4000000000000002", "Your card was declined");
    said.put("4000000000009995", "enough funds");
    said.put("4000000000000069", "has expired");
    said.put("4000000000000127", "security code is not right");
    said.put("4000000000000119", "could not be reached");
    for (Map.Entry<String, String> each : said.entrySet()) {
      typeCard(each.getKey(), "1234", "123");
      browser.click("#pay");
      awaitProblem(each.getValue());
    }
    browser.screenshot("checkout-declined");
    assertAccessible("declined");
    assertThat(browser.script("return email.value + document.getElementById('name').value"))
        .isEqualTo("shopper@example.comAnn Shopper");
    typeCard(VISA, "1234", "123");
    browser.click("#pay");
    awaitThanks(shop);
  }

  @Test
  void a_challenge_is_left_failed_and_passed() throws Exception {
    Shop shop = shop();
    open(shop);
    fill(CHALLENGED);
    browser.click("#pay");
    browser.find(BANK);
    browser.screenshot("checkout-challenge");
    answerBank("Fail");
    awaitProblem("could not confirm that it is you");
    browser.click("#pay");
    answerBank("Complete");
    awaitThanks(shop);
    assertThat(state(shop)).isEqualTo("complete");
  }

  @Test
  void what_is_wrong_is_said_at_its_field() throws Exception {
    Shop shop = shop();
    open(shop);
    browser.click("#pay");
    browser.until(
        "the first wrong field has the focus",
        () -> "email".equals(browser.script("return document.activeElement.id")));
    assertThat(browser.text("#email-error")).isEqualTo("Please fill in this field.");
    assertThat(browser.script("return email.getAttribute('aria-invalid')")).isEqualTo("true");
    typeCard("4242424242424241", "0120", "12");
    browser.click("#email");
    browser.until("the number is wrong", () -> !browser.text("#card-number-error").isEmpty());
    browser.until("the date is over", () -> !browser.text("#card-expiry-error").isEmpty());
    assertAccessible("errors, light");
    browser.screenshot("checkout-errors");
    browser.dark();
    assertAccessible("errors, dark");
    browser.screenshot("checkout-errors-dark");
    browser.type("#email", "nobody");
    browser.click("#pay");
    assertThat(browser.text("#email-error")).isEqualTo("Please enter a valid email address.");
    assertThat(state(shop)).isEqualTo("open");
  }

  @Test
  void the_keyboard_is_enough() throws Exception {
    Shop shop = shop();
    open(shop);
    for (int i = 0; !"email".equals(browser.script("return document.activeElement.id")); i++) {
      assertThat(i).as("tabs to the first field").isLessThan(4);
      browser.tab();
    }
    browser.press("shopper@example.com");
    for (String each : List.of(VISA, "1234", "123")) {
      browser.tab();
      browser.press(each);
    }
    browser.tab();
    browser.press("Ann Shopper");
    browser.press(Keys.ENTER);
    awaitThanks(shop);
  }

  @Test
  void a_lost_answer_is_looked_for_and_nothing_is_paid_twice() throws Exception {
    Shop shop = shop();
    open(shop);
    fill(VISA);
    browser.script(
        "const send = window.fetch; window.paid = 0; window.fetch = (url, ...rest) =>"
            + " String(url).endsWith('/pay') ? send(url, ...rest).then(() => { window.paid++;"
            + " throw new TypeError('lost'); }) : send(url, ...rest)");
    browser.click("#pay");
    awaitThanks(shop);
    assertThat(state(shop)).isEqualTo("complete");
  }

  @Test
  void a_card_is_kept_and_offered_again() throws Exception {
    Http.Answer customer =
        Http.post(
            portcullis.api() + "/v1/customers",
            portcullis.secretKey(),
            Map.of("email", "regular@example.com"));
    String id = customer.json().get("id").getAsString();
    Shop first =
        shop("customer", id, "saved_payment_method_options[payment_method_save]", "enabled");
    open(first);
    browser.type("#name", "Ann Shopper");
    typeCard(VISA, "1234", "123");
    browser.click("#save");
    browser.click("#pay");
    awaitThanks(first);
    Shop second = shop("customer", id);
    open(second);
    assertThat(browser.text(".choices")).contains("Visa ending in 4242");
    assertAccessible("a saved card");
    browser.screenshot("checkout-saved");
    browser.click("#pay");
    awaitThanks(second);
  }

  @Test
  void a_card_is_kept_without_paying() throws Exception {
    Map<String, String> form = form("mode", "setup");
    Shop shop = session(form);
    open(shop);
    browser.screenshot("checkout-setup");
    assertAccessible("setup");
    fill(VISA);
    browser.click("#pay");
    awaitThanks(shop);
  }

  @Test
  void the_page_is_easy_to_use_however_it_is_looked_at() throws Exception {
    List<String> wishes =
        new ArrayList<>(
            List.of(
                "shipping_address_collection[allowed_countries][0]",
                "DE",
                "shipping_address_collection[allowed_countries][1]",
                "JP",
                "billing_address_collection",
                "required",
                "phone_number_collection[enabled]",
                "true",
                "consent_collection[terms_of_service]",
                "required",
                "line_items[0][price_data][product_data][name]",
                "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz, gebunden"));
    Shop shop = shop(wishes.toArray(String[]::new));
    open(shop);
    for (int width : List.of(320, 390, 1280)) {
      for (String scheme : List.of("light", "dark")) {
        browser.width(width);
        browser.media("prefers-color-scheme", scheme);
        String state = width + " " + scheme;
        assertAccessible(state);
        assertFits(state);
        browser.screenshot("checkout-" + width + "-" + scheme);
      }
    }
  }

  @Test
  void six_languages_are_spoken() throws Exception {
    for (String language : List.of("en", "de", "fr", "es", "pt", "ja")) {
      Shop shop = shop("locale", language);
      open(shop);
      assertThat(browser.script("return document.documentElement.lang")).isEqualTo(language);
      browser.width(390);
      assertAccessible(language);
      assertFits(language);
      browser.screenshot("checkout-" + language);
      browser.width(1280);
    }
  }

  @Test
  void an_expired_page_says_so() throws Exception {
    Shop shop = shop();
    Http.post(
        portcullis.api() + "/v1/checkout/sessions/" + shop.id() + "/expire",
        portcullis.secretKey(),
        Map.of());
    browser.driver().get(shop.url());
    assertThat(browser.text("h1")).isEqualTo("This page has expired");
    assertAccessible("expired");
    browser.screenshot("checkout-expired");
  }

  @Test
  void a_link_leads_to_a_page_of_its_own() throws Exception {
    Http.Answer link =
        Http.post(
            portcullis.api() + "/v1/payment_links",
            portcullis.secretKey(),
            Map.of(
                "line_items[0][price_data][currency]",
                "eur",
                "line_items[0][price_data][unit_amount]",
                "4900",
                "line_items[0][price_data][product_data][name]",
                "Tea for a year",
                "line_items[0][quantity]",
                "1"));
    browser.driver().get(link.json().get("url").getAsString());
    assertAccessible("link");
    browser.screenshot("checkout-link");
    browser.click("button");
    browser.find("#pay");
    Shop shop = new Shop("", browser.url());
    open(shop);
    fill(VISA);
    browser.click("#pay");
    browser.until("thanks", () -> browser.text("h1").equals("All done, thank you"));
  }
}
