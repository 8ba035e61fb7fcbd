package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;

/** Shoppers pay at the hosted page, in a real browser. */
@Order(27)
@ExtendWith(SharedPortcullis.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckoutPageTest {
  private final Portcullis portcullis;
  private CheckoutPage page;
  private Browser browser;

  CheckoutPageTest(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  @BeforeAll
  void start() throws Exception {
    page = new CheckoutPage(portcullis);
    browser = page.browser;
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
    if (page != null) {
      page.close();
    }
  }

  @BeforeEach
  void forget() {
    browser.forget();
  }

  @Test
  void a_shopper_pays_and_a_copy_of_the_page_pays_nothing() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    page.open(shop);
    page.fill(CheckoutPage.VISA);
    browser.screenshot("checkout-filled");
    browser.click("#pay");
    page.awaitThanks(shop);
    assertThat(page.state(shop)).isEqualTo("complete");
    browser.driver().get(shop.url());
    assertThat(browser.text("h1")).isEqualTo("All done, thank you");
    page.assertAccessible("complete");
    browser.screenshot("checkout-complete");
  }

  @Test
  void each_decline_says_what_to_do_and_loses_nothing() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    page.open(shop);
    page.fill("4000000000000002");
    Map<String, String> said = new LinkedHashMap<>();
    said.put("4000000000000002", "Your card was declined");
    said.put("4000000000009995", "enough funds");
    said.put("4000000000000069", "has expired");
    said.put("4000000000000127", "security code is not right");
    said.put("4000000000000119", "could not be reached");
    for (Map.Entry<String, String> each : said.entrySet()) {
      page.typeCard(each.getKey(), "1234", "123");
      browser.click("#pay");
      page.awaitProblem(each.getValue());
    }
    browser.screenshot("checkout-declined");
    page.assertAccessible("declined");
    assertThat(browser.script("return email.value + document.getElementById('name').value"))
        .isEqualTo("shopper@example.comAnn Shopper");
    page.typeCard(CheckoutPage.VISA, "1234", "123");
    browser.click("#pay");
    page.awaitThanks(shop);
  }

  @Test
  void a_challenge_is_failed_and_passed() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    page.open(shop);
    page.fill(CheckoutPage.CHALLENGED);
    browser.click("#pay");
    browser.find(CheckoutPage.BANK);
    browser.screenshot("checkout-challenge");
    page.answerBank("Fail");
    page.awaitProblem("could not confirm that it is you");
    browser.click("#pay");
    page.answerBank("Complete");
    page.awaitThanks(shop);
    assertThat(page.state(shop)).isEqualTo("complete");
  }

  @Test
  void what_is_wrong_is_said_at_its_field() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    page.open(shop);
    browser.click("#pay");
    browser.until(
        "the first wrong field has the focus",
        () -> "email".equals(browser.script("return document.activeElement.id")));
    assertThat(browser.text("#email-error")).isEqualTo("Please fill in this field.");
    assertThat(browser.script("return email.getAttribute('aria-invalid')")).isEqualTo("true");
    page.typeCard("4242424242424241", "0120", "12");
    browser.click("#email");
    browser.until("the number is wrong", () -> !browser.text("#card-number-error").isEmpty());
    browser.until("the date is over", () -> !browser.text("#card-expiry-error").isEmpty());
    page.assertAccessible("errors, light");
    browser.screenshot("checkout-errors");
    browser.dark();
    page.assertAccessible("errors, dark");
    browser.screenshot("checkout-errors-dark");
    browser.type("#email", "nobody");
    browser.click("#pay");
    assertThat(browser.text("#email-error")).isEqualTo("Please enter a valid email address.");
    assertThat(page.state(shop)).isEqualTo("open");
  }

  @Test
  void the_keyboard_is_enough() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    page.open(shop);
    for (int i = 0; !"email".equals(browser.script("return document.activeElement.id")); i++) {
      assertThat(i).as("tabs to the first field").isLessThan(4);
      browser.tab();
    }
    Object ring = browser.script("return getComputedStyle(document.activeElement).outline");
    browser.press("shopper@example.com");
    for (String each : List.of(CheckoutPage.VISA, "1234", "123")) {
      browser.tab();
      browser.press(each);
      browser.until(
          "the ring is that of the page's own fields",
          () ->
              Objects.equals(
                  ring,
                  browser.script(
                      "return getComputedStyle(document.activeElement.parentElement).outline")));
    }
    browser.tab();
    browser.press("Ann Shopper");
    browser.press(Keys.ENTER);
    page.awaitThanks(shop);
  }

  @Test
  void a_lost_answer_is_looked_for_and_nothing_is_paid_twice() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    page.open(shop);
    page.fill(CheckoutPage.VISA);
    browser.script(
        "const send = window.fetch; window.paid = 0; window.fetch = (url, ...rest) =>"
            + " String(url).endsWith('/pay') ? send(url, ...rest).then(() => { window.paid++;"
            + " throw new TypeError('lost'); }) : send(url, ...rest)");
    browser.click("#pay");
    page.awaitThanks(shop);
    assertThat(page.state(shop)).isEqualTo("complete");
  }

  @Test
  void a_card_is_kept_and_offered_again() throws Exception {
    Http.Answer customer =
        Http.post(
            portcullis.api() + "/v1/customers",
            portcullis.secretKey(),
            Map.of("email", "regular@example.com"));
    String id = customer.json().get("id").getAsString();
    CheckoutPage.Shop first =
        page.shop("customer", id, "saved_payment_method_options[payment_method_save]", "enabled");
    page.open(first);
    browser.type("#name", "Ann Shopper");
    page.typeCard(CheckoutPage.VISA, "1234", "123");
    browser.click("#save");
    browser.click("#pay");
    page.awaitThanks(first);
    CheckoutPage.Shop second = page.shop("customer", id);
    page.open(second);
    assertThat(browser.text(".choices")).contains("Visa ending in 4242");
    page.assertAccessible("a saved card");
    browser.screenshot("checkout-saved");
    browser.click("#pay");
    page.awaitThanks(second);
  }

  @Test
  void a_card_is_kept_without_paying() throws Exception {
    Map<String, String> form = page.form("mode", "setup");
    CheckoutPage.Shop shop = page.session(form);
    page.open(shop);
    browser.screenshot("checkout-setup");
    page.assertAccessible("setup");
    page.fill(CheckoutPage.VISA);
    browser.click("#pay");
    page.awaitThanks(shop);
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
    CheckoutPage.Shop shop = page.shop(wishes.toArray(String[]::new));
    page.open(shop);
    for (int width : List.of(320, 390, 1280)) {
      for (String scheme : List.of("light", "dark")) {
        browser.width(width);
        browser.media("prefers-color-scheme", scheme);
        String state = width + " " + scheme;
        page.assertAccessible(state);
        page.assertFits(state);
        browser.screenshot("checkout-" + width + "-" + scheme);
      }
    }
  }

  @Test
  void six_languages_are_spoken() throws Exception {
    for (String language : List.of("en", "de", "fr", "es", "pt", "ja")) {
      CheckoutPage.Shop shop = page.shop("locale", language);
      page.open(shop);
      assertThat(browser.script("return document.documentElement.lang")).isEqualTo(language);
      browser.width(390);
      page.assertAccessible(language);
      page.assertFits(language);
      browser.screenshot("checkout-" + language);
      browser.width(1280);
    }
  }

  @Test
  void an_expired_page_says_so() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    Http.post(
        portcullis.api() + "/v1/checkout/sessions/" + shop.id() + "/expire",
        portcullis.secretKey(),
        Map.of());
    browser.driver().get(shop.url());
    assertThat(browser.text("h1")).isEqualTo("This page has expired");
    page.assertAccessible("expired");
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
    page.assertAccessible("link");
    browser.screenshot("checkout-link");
    browser.click("button");
    browser.find("#pay");
    CheckoutPage.Shop shop = new CheckoutPage.Shop("", browser.url());
    page.open(shop);
    page.fill(CheckoutPage.VISA);
    browser.click("#pay");
    browser.until("thanks", () -> browser.text("h1").equals("All done, thank you"));
  }
}
