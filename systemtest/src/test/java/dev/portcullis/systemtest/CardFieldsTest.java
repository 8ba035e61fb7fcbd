package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Shoppers type cards into the frames of the cards origin, in a real browser. */
@Order(26)
@ExtendWith(SharedPortcullis.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CardFieldsTest {
  private static final String VISA = "4242424242424242";
  private static final String DECLINED = "4000000000000002";
  private static final String CHALLENGED = "4000002500003155";
  private static final String CARD = "#card iframe";
  private static final String BANK = "dialog iframe";

  /** As SecretsNowhereTest has it; that comes later and looks for it with all others. */
  private static final String CODE = "047";

  private static final int SERIAL = 7_300_000;

  private final Portcullis portcullis;
  private Browser browser;
  private HostPage page;

  CardFieldsTest(Portcullis portcullis) {
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

  private void type(String frame, String input, String text) {
    browser.outside();
    browser.inside(frame);
    WebElement element = browser.find("input#" + input);
    element.clear();
    element.sendKeys(text);
    browser.outside();
  }

  private String value(String frame, String input) {
    browser.outside();
    browser.inside(frame);
    String value =
        (String) browser.script("return document.getElementById(arguments[0]).value", input);
    browser.outside();
    return String.valueOf(value);
  }

  private void typeCard(String number, String expiry, String code) {
    type(CARD, "number", number);
    type(CARD, "expiry", expiry);
    type(CARD, "cvc", code);
  }

  private void open(String query) {
    browser.open(page.url("/" + query));
    int frames = query.contains("three") ? 3 : 1;
    browser.until(
        "the fields are ready",
        () ->
            Long.valueOf(frames)
                .equals(browser.script("return log.filter(e => e.name === 'ready').length")));
  }

  private JsonObject ask(String script, @Nullable Object... arguments) {
    browser.outside();
    Object answer =
        browser
            .driver()
            .executeAsyncScript(
                "const done = arguments[arguments.length - 1]; (async () => {"
                    + script
                    + "})().then(r => done(JSON.stringify(r)), e => done(JSON.stringify({thrown:"
                    + " String(e)})))",
                arguments);
    return JsonParser.parseString(String.valueOf(answer)).getAsJsonObject();
  }

  private static String text(JsonObject object, String... path) {
    JsonObject at = object;
    for (int i = 0; i < path.length - 1; i++) {
      assertThat(at.has(path[i])).as("%s in %s", path[i], object).isTrue();
      at = at.getAsJsonObject(path[i]);
    }
    assertThat(at.has(path[path.length - 1])).as("%s", object).isTrue();
    return at.get(path[path.length - 1]).getAsString();
  }

  private @Nullable Object last(String type, String member) {
    browser.outside();
    return browser.script("return last(arguments[0])[arguments[1]]", type, member);
  }

  private @Nullable Object error(String type) {
    browser.outside();
    return browser.script("return (last(arguments[0]).error || {}).code", type);
  }

  private void awaitError(String type, @Nullable String code) {
    browser.until(
        "the error of " + type + " is " + code,
        () -> Objects.equals(error(type), code) ? true : null);
  }

  private JsonObject post(String path, String... pairs) throws Exception {
    Map<String, String> form = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      form.put(pairs[i], pairs[i + 1]);
    }
    Http.Answer answer = Http.post(portcullis.api() + path, portcullis.secretKey(), form);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private String intent() throws Exception {
    return text(
        post(
            "/v1/payment_intents",
            "amount",
            "1500",
            "currency",
            "usd",
            "payment_method_types[0]",
            "card"),
        "client_secret");
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

  private void sells(SampleShop shop) {
    browser.open(shop.url("/embedded"));
    failing("/intents");
    browser.click("#pay");
    browser.until("the shopper is told", () -> said().endsWith("Please try again."));
    assertThat(browser.find("#pay").isEnabled()).as("it can be tried again").isTrue();

    buy(shop, VISA);
    browser.until("it is paid", () -> browser.url().endsWith("/thanks"));
    assertThat(browser.script("return getComputedStyle(document.body).margin")).isEqualTo("0px");
    assertThat(
            ask(
                "const icon = document.querySelector('link[rel=icon]').href;"
                    + "return {status: (await fetch(icon)).status}"))
        .hasToString("{\"status\":200}");
    browser.click("a");
    assertThat(browser.text("h1")).isEqualTo("Teapots");

    buy(shop, DECLINED);
    browser.until("it is declined", () -> said().contains("declined"));
    assertThat(said())
        .isEqualTo("Your card was declined. Please try another card, or ask your bank.");
    // Nothing that was typed is lost; another card pays the same intent.
    typeCard(VISA, "1234", "123");
    browser.click("#pay");
    browser.until("it is paid", () -> browser.url().endsWith("/thanks"));

    buy(shop, CHALLENGED);
    answerBank("Fail");
    browser.until("the bank said no", () -> said().length() > 20 && !said().contains("moment"));
    browser.click("#pay");
    answerBank("Complete");
    browser.until("it is paid", () -> browser.url().endsWith("/thanks"));
  }

  /** From now on the page's own server answers this path as one that is broken. */
  private void failing(String path) {
    browser.script(
        "const real = fetch; globalThis.fetch = async (url, ...more) => url === arguments[0]"
            + " ? new Response('Please try again.', {status: 500}) : real(url, ...more)",
        path);
  }

  private void buy(SampleShop shop, String number) {
    browser.open(shop.url("/embedded"));
    browser.type("#name", "Ada Lovelace");
    typeCard(number, "1234", "123");
    browser.click("#pay");
  }

  private String said() {
    return String.valueOf(browser.script("return document.getElementById('said').textContent"));
  }

  @Test
  void theJavaShopSells(@TempDir Path folder) throws Exception {
    try (SampleShop shop = SampleShop.java(portcullis, folder)) {
      sells(shop);
    }
  }

  @Test
  void theNodeShopSells(@TempDir Path folder) throws Exception {
    try (SampleShop shop = SampleShop.node(portcullis, folder)) {
      sells(shop);
    }
  }

  @Test
  void keysAloneFillThreeFramesAndSubmit() {
    open("?three=1");
    browser.script("els.cardNumber.focus()");
    focused("cardNumber");
    browser.press("378282246310005");
    browser.until("amex", () -> "amex".equals(last("cardNumber", "brand")));
    assertThat(value("#number iframe", "number")).isEqualTo("3782 822463 10005");
    browser.tab();
    focused("cardExpiry");
    browser.press("1234");
    browser.until("expiry", () -> last("cardExpiry", "complete"));
    browser.tab();
    focused("cardCvc");
    // The brand of the number's frame says how long the code of another frame is.
    browser.press("123");
    browser.tab();
    awaitError("cardCvc", "incomplete_cvc");
    type("#cvc iframe", "cvc", "12345");
    assertThat(value("#cvc iframe", "cvc")).isEqualTo("1234");
    browser.until("code", () -> last("cardCvc", "complete"));
    browser.inside("#cvc iframe");
    browser.find("#cvc").sendKeys(Keys.ENTER);
    browser.outside();
    browser.until(
        "submitted", () -> browser.script("return log.some(e => e.name === 'formsubmit')"));
    JsonObject made = ask("return p.createPaymentMethod({type: 'card', card: main})");
    assertThat(text(made, "paymentMethod", "card", "brand")).isEqualTo("amex");
    assertThat(text(ask("return p.createToken(main)"), "token", "id")).startsWith("tok_");
  }

  private void focused(String type) {
    browser.until(
        type + " has the focus",
        () ->
            browser.script(
                "return log.filter(e => e.name === 'focus' || e.name === 'blur').pop()?.elementType"
                    + " === arguments[0] && log.filter(e => e.name === 'focus').pop()?.elementType"
                    + " === arguments[0]",
                type));
  }

  @Test
  void digitsStandWhereTheyAreTyped() {
    open("");
    type(CARD, "number", "4242 4242-4242 4242");
    assertThat(value(CARD, "number")).as("pasted").isEqualTo("4242 4242 4242 4242");
    browser.inside(CARD);
    WebElement number = browser.find("#number");
    browser.script("arguments[0].focus(); arguments[0].setSelectionRange(5, 5)", number);
    browser.press(Keys.BACK_SPACE);
    assertThat(state()).as("over a gap the digit before it goes").isEqualTo("4244 2424 2424 242|3");
    browser.press("2");
    assertThat(state()).isEqualTo("4242 4242 4242 4242|5");
    browser.script("arguments[0].setSelectionRange(4, 4)", number);
    browser.press(Keys.DELETE);
    assertThat(state()).as("and the one behind it").isEqualTo("4242 2424 2424 242|4");
    browser.outside();
  }

  /** What stands in the number, and where the caret is. */
  private String state() {
    return String.valueOf(
        browser.script(
            "const n = document.getElementById('number'); return n.value + '|' +"
                + " n.selectionStart"));
  }

  @Test
  void whatTheBrowserFillsInIsUnderstood() {
    open("");
    browser.inside(CARD);
    assertThat(browser.find("#number").getDomAttribute("autocomplete")).isEqualTo("cc-number");
    assertThat(browser.find("#expiry").getDomAttribute("autocomplete")).isEqualTo("cc-exp");
    assertThat(browser.find("#cvc").getDomAttribute("autocomplete")).isEqualTo("cc-csc");
    browser.script(
        """
        for (const [id, text] of [['number', '5555555555554444'], ['expiry', '12/2034'], ['cvc', '123']]) {
          const input = document.getElementById(id);
          input.value = text;
          input.dispatchEvent(new InputEvent('input', {bubbles: true, inputType: 'insertReplacementText'}));
        }
        """);
    browser.outside();
    browser.until("complete", () -> last("card", "complete"));
    assertThat(value(CARD, "expiry")).isEqualTo("12 / 34");
    assertThat(last("card", "brand")).isEqualTo("mastercard");
  }

  @Test
  void faultsAreTiedToTheirFieldAndToldInWords() {
    open("?locale=de");
    type(CARD, "number", "4242424242424241");
    awaitError("card", "invalid_number");
    browser.inside(CARD);
    assertThat(browser.find("#number").getDomAttribute("aria-invalid")).isEqualTo("true");
    assertThat(browser.find("#number").getDomAttribute("aria-describedby")).isEqualTo("fault");
    assertThat(browser.script("return document.getElementById('fault').textContent"))
        .isEqualTo("Ihre Kartennummer ist ungültig.");
    browser.outside();
    browser.screenshot("fields-invalid");
    type(CARD, "number", VISA);
    type(CARD, "expiry", "1220");
    type(CARD, "cvc", "12");
    awaitError("card", "invalid_expiry_year_past");
    type(CARD, "expiry", "1234");
    browser.inside(CARD);
    browser.find("#number").click();
    browser.outside();
    awaitError("card", "incomplete_cvc");
    JsonObject refused = ask("return p.createPaymentMethod({type: 'card', card: main})");
    assertThat(text(refused, "error", "type")).isEqualTo("validation_error");
    assertThat(text(refused, "error", "code")).isEqualTo("incomplete_cvc");
    type(CARD, "cvc", "123");
    awaitError("card", null);
  }

  @Test
  void twoCallsAndALostAnswerMakeOneMethod() {
    open("");
    typeCard(VISA, "1234", "123");
    JsonObject twice =
        ask(
            "const both = await Promise.all([1, 2].map(() => p.createPaymentMethod({type: 'card',"
                + " card: main})));return {first: both[0].paymentMethod.id, second:"
                + " both[1].paymentMethod.id}");
    assertThat(text(twice, "first")).isEqualTo(text(twice, "second"));
    browser.inside(CARD);
    browser.script(
        """
        const real = fetch;
        globalThis.made = [];
        globalThis.fetch = async (...all) => {
          const answer = await real(...all);
          made.push((await answer.clone().json()).id);
          if (made.length === 1) throw new TypeError('the connection is lost');
          return answer;
        };
        """);
    browser.outside();
    String id =
        text(
            ask("return p.createPaymentMethod({type: 'card', card: main})"), "paymentMethod", "id");
    browser.inside(CARD);
    assertThat(browser.script("return made")).isEqualTo(List.of(id, id));
    browser.outside();
  }

  @Test
  void whoLeavesAChallengeMayPayAnew() throws Exception {
    open("");
    typeCard(CHALLENGED, "1234", "123");
    String secret = intent();
    browser.script(
        "p.confirmCardPayment(arguments[0], {payment_method: {card: main}})"
            + ".then(r => { globalThis.result = JSON.stringify(r); })",
        secret);
    browser.find(BANK);
    // A shop's own rules for its buttons do not reach the dialog's.
    Object close =
        browser.script(
            "const rules = new CSSStyleSheet();"
                + "rules.replaceSync('button { width: 100%; margin-top: 20px }');"
                + "document.adoptedStyleSheets = [rules];"
                + "const close = document.querySelector('dialog button');"
                + "return close.offsetWidth < close.parentElement.offsetWidth / 3"
                + " && getComputedStyle(close).marginTop === '0px'");
    assertThat(close).isEqualTo(true);
    browser.screenshot("fields-challenge");
    Long height = bankHeight();
    browser.click("dialog button");
    browser.until("it asks", () -> browser.text("dialog").contains("Close the confirmation?"));
    assertThat(shownButtons()).containsExactly("Back to my bank", "Close");
    assertThat(bankHeight()).as("the bank's page keeps its size").isEqualTo(height);
    browser.press(Keys.ESCAPE);
    assertThat(shownButtons()).containsExactly("Back to my bank", "Close");
    browser.press(Keys.ENTER);
    assertThat(shownButtons()).as("the focus was on what goes back").containsExactly("Close");
    browser.click("dialog button");
    browser.driver().findElements(By.cssSelector("dialog button")).getLast().click();
    Object result = browser.until("the result", () -> browser.script("return globalThis.result"));
    JsonObject refused = JsonParser.parseString(result.toString()).getAsJsonObject();
    assertThat(text(refused, "error", "code")).isEqualTo("payment_intent_authentication_failure");
    assertThat(browser.driver().findElements(By.cssSelector("dialog"))).isEmpty();

    assertThat(refused.getAsJsonObject("error").get("canceled").getAsBoolean()).isTrue();
    assertThat(text(refused, "error", "payment_intent", "status"))
        .isEqualTo("requires_payment_method");

    browser.script(
        "p.confirmCardPayment(arguments[0], {payment_method: {card: main}})"
            + ".then(r => { globalThis.again = JSON.stringify(r); })",
        secret);
    answerBank("Complete");
    Object again = browser.until("the result", () -> browser.script("return globalThis.again"));
    assertThat(
            text(
                JsonParser.parseString(again.toString()).getAsJsonObject(),
                "paymentIntent",
                "status"))
        .isEqualTo("succeeded");
  }

  private List<String> shownButtons() {
    return browser.driver().findElements(By.cssSelector("dialog button")).stream()
        .filter(WebElement::isDisplayed)
        .map(WebElement::getText)
        .toList();
  }

  private Long bankHeight() {
    return (Long)
        Objects.requireNonNull(
            browser.script("return document.querySelector(arguments[0]).offsetHeight", BANK));
  }

  @Test
  void aDeclineIsToldInThePagesLanguage() throws Exception {
    open("?locale=de");
    browser.inside(CARD);
    assertThat(browser.find("#cvc").getDomAttribute("aria-label")).isEqualTo("Prüfnummer");
    browser.outside();
    typeCard(DECLINED, "1234", "123");
    String confirm = "p.confirmCardPayment(arguments[0], {payment_method: {card: main}})";
    JsonObject declined = ask("return " + confirm, intent()).getAsJsonObject("error");
    assertThat(text(declined, "message"))
        .isEqualTo(
            "Ihre Karte wurde abgelehnt. Bitte versuchen Sie eine andere Karte oder fragen Sie Ihre"
                + " Bank.");
    assertThat(text(declined, "api_message")).isEqualTo("Your card was declined.");
    assertThat(text(declined, "code")).isEqualTo("card_declined");
    assertThat(text(declined, "decline_code")).isEqualTo("generic_decline");

    typeCard(CHALLENGED, "1234", "123");
    browser.script(confirm + ".then(r => { globalThis.result = JSON.stringify(r); })", intent());
    answerBank("Fail");
    Object result = browser.until("the result", () -> browser.script("return globalThis.result"));
    JsonObject failed =
        JsonParser.parseString(result.toString()).getAsJsonObject().getAsJsonObject("error");
    assertThat(text(failed, "message"))
        .startsWith("Ihre Bank konnte diese Karte nicht bestätigen.");
    assertThat(text(failed, "api_message")).startsWith("We are unable to authenticate");
    assertThat(text(failed, "code")).isEqualTo("payment_intent_authentication_failure");
  }

  /** The server's own return address leads the frame elsewhere; the payment itself tells. */
  @Test
  void anAddressThatTheServerSetBreaksNothing() throws Exception {
    open("");
    typeCard(CHALLENGED, "1234", "123");
    String method =
        text(
            ask("return p.createPaymentMethod({type: 'card', card: main})"), "paymentMethod", "id");
    JsonObject confirmed =
        post(
            "/v1/payment_intents",
            "amount",
            "1500",
            "currency",
            "usd",
            "payment_method_types[0]",
            "card",
            "payment_method",
            method,
            "confirm",
            "true",
            "return_url",
            page.elsewhere("/thanks"));
    assertThat(text(confirmed, "status")).isEqualTo("requires_action");
    browser.script(
        "p.handleNextAction({clientSecret: arguments[0]}).then(r => { globalThis.result ="
            + " JSON.stringify(r); })",
        text(confirmed, "client_secret"));
    answerBank("Complete");
    Object result = browser.until("the result", () -> browser.script("return globalThis.result"));
    assertThat(
            text(
                JsonParser.parseString(result.toString()).getAsJsonObject(),
                "paymentIntent",
                "status"))
        .isEqualTo("succeeded");
  }

  @Test
  void aCardIsSavedWithoutAPayment() throws Exception {
    open("");
    typeCard(VISA, "1234", "123");
    String secret =
        text(post("/v1/setup_intents", "payment_method_types[0]", "card"), "client_secret");
    JsonObject done =
        ask(
            "return p.confirmSetup({elements, clientSecret: arguments[0], redirect:"
                + " 'if_required'})",
            secret);
    assertThat(text(done, "setupIntent", "status")).isEqualTo("succeeded");
    assertThat(
            text(
                ask("return p.retrieveSetupIntent(arguments[0])", secret), "setupIntent", "status"))
        .isEqualTo("succeeded");
  }

  @Test
  void itSpeaksSixLanguagesAndLooksRightEverywhere() {
    Map<String, String> labels =
        Map.of(
            "en", "Card number",
            "de", "Kartennummer",
            "fr", "Numéro de carte",
            "es", "Número de tarjeta",
            "pt", "Número do cartão",
            "ja", "カード番号");
    labels.forEach(
        (locale, label) -> {
          open("?locale=" + locale);
          assertThat(browser.find(CARD).getDomAttribute("title")).isNotEmpty();
          browser.inside(CARD);
          assertThat(browser.find("#number").getDomAttribute("aria-label")).isEqualTo(label);
          assertThat(browser.script("return document.documentElement.lang")).isEqualTo(locale);
          browser.outside();
        });
    browser.dark();
    for (int width : new int[] {296, 390, 1280}) {
      browser.width(width);
      open("?theme=auto");
      typeCard(VISA, "1234", "123");
      assertThat(browser.script("return document.documentElement.scrollWidth <= innerWidth"))
          .isEqualTo(true);
      browser.inside(CARD);
      assertThat(
              browser.script(
                  "const n = document.getElementById('number'); return n.scrollWidth <="
                      + " n.clientWidth"))
          .as("the whole number is seen at " + width)
          .isEqualTo(true);
      assertThat(browser.script("return getComputedStyle(document.documentElement).colorScheme"))
          .isEqualTo("dark");
      browser.outside();
      browser.screenshot("fields-dark-" + width);
    }
  }

  @Test
  void aCardThatWasTypedLeavesNoTraceInTheGateway() throws Exception {
    open("");
    String number = TestCards.generated(SERIAL);
    typeCard(number, "1135", CODE);
    String secret = intent();
    JsonObject paid =
        ask("return p.confirmCardPayment(arguments[0], {payment_method: {card: main}})", secret);
    assertThat(text(paid, "paymentIntent", "status")).isEqualTo("succeeded");
    LeakSearch search = new LeakSearch(CODE);
    SecretsNowhereTest.searchGateway(portcullis, search);
    assertThat(SecretsNowhereTest.searchHome(portcullis, search)).isGreaterThan(100);
    assertThat(search.finds()).isEmpty();
  }
}
