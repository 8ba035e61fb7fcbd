package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WindowType;

/**
 * Ways through the hosted page that are not straight, in a real browser: each ends in one charge.
 */
@Order(27)
@ExtendWith(SharedPortcullis.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckoutJourneysTest {

  /** Compressed, with the frames of the card fields. */
  private static final int MOST_BYTES = 60_000;

  /** A phone of the middle price: so much slower than this machine, as Lighthouse has it. */
  private static final int SLOWER = 4;

  private final Portcullis portcullis;
  private CheckoutPage page;
  private Browser browser;

  CheckoutJourneysTest(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  @BeforeAll
  void start() throws Exception {
    page = new CheckoutPage(portcullis);
    browser = page.browser;
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
  void whoLeavesAChallengePaysWithAnotherCard() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    page.open(shop);
    page.fill(CheckoutPage.CHALLENGED);
    browser.click("#pay");
    page.leaveBank();
    page.awaitProblem("The confirmation was cancelled");
    browser.screenshot("checkout-left");
    page.assertAccessible("left");
    page.typeCard(CheckoutPage.VISA, "1234", "123");
    browser.click("#pay");
    page.awaitThanks(shop);
    assertThat(page.charges(shop)).isEqualTo(1);
  }

  @Test
  void twoWindowsPayOnce() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    String one = browser.driver().getWindowHandle();
    page.open(shop);
    page.fill(CheckoutPage.VISA);
    browser.driver().switchTo().newWindow(WindowType.TAB);
    page.open(shop);
    page.fill(CheckoutPage.VISA);
    browser.click("#pay");
    page.awaitThanks(shop);
    browser.driver().close();
    browser.driver().switchTo().window(one);
    browser.click("#pay");
    page.awaitThanks(shop);
    assertThat(page.charges(shop)).isEqualTo(1);
  }

  @Test
  void aCardInAnotherWindowIsTriedThoughTheFirstWaitsForItsBank() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    String one = browser.driver().getWindowHandle();
    page.open(shop);
    page.fill(CheckoutPage.CHALLENGED);
    browser.click("#pay");
    browser.find(CheckoutPage.BANK);
    browser.driver().switchTo().newWindow(WindowType.TAB);
    page.open(shop);
    page.fill(CheckoutPage.VISA);
    browser.click("#pay");
    page.awaitThanks(shop);
    browser.driver().close();
    browser.driver().switchTo().window(one);
    page.awaitThanks(shop);
    assertThat(page.charges(shop)).isEqualTo(1);
  }

  @Test
  void whoGoesBackAfterPayingIsToldThatItIsDone() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    page.open(shop);
    page.fill(CheckoutPage.VISA);
    browser.click("#pay");
    page.awaitThanks(shop);
    browser.driver().get(shop.url());
    browser.driver().navigate().back();
    browser.driver().navigate().forward();
    browser.until("it is done", () -> browser.text("h1").equals("All done, thank you"));
    assertThat(page.charges(shop)).isEqualTo(1);
  }

  @Test
  void whoReloadsWhileABankWaitsMayPayAnew() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    page.open(shop);
    page.fill(CheckoutPage.CHALLENGED);
    browser.click("#pay");
    browser.find(CheckoutPage.BANK);
    page.open(shop);
    page.fill(CheckoutPage.VISA);
    browser.click("#pay");
    page.awaitThanks(shop);
    assertThat(page.charges(shop)).isEqualTo(1);
  }

  @Test
  void hostileTextsDoNothing() throws Exception {
    String hostile = "<img src=x onerror=hacked=1>\"'><script>hacked=1</script>";
    CheckoutPage.Shop shop =
        page.shop(
            "line_items[0][price_data][product_data][name]",
            hostile,
            "line_items[0][price_data][product_data][description]",
            hostile,
            "custom_text[submit][message]",
            hostile,
            "metadata[note]",
            hostile);
    page.open(shop);
    assertThat(browser.text("body")).contains("<img src=x onerror=hacked=1>", "<script>");
    page.fill(CheckoutPage.VISA);
    browser.type("#name", hostile);
    browser.click("#pay");
    page.awaitThanks(shop);
    assertThat(browser.script("return typeof hacked")).isEqualTo("undefined");
  }

  @Test
  void itCanBeSeenInForcedColoursAndWithoutMotion() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    browser.media("forced-colors", "active");
    page.open(shop);
    page.assertAccessible("forced colours");
    browser.screenshot("checkout-forced-colors");
    browser.media("prefers-reduced-motion", "reduce");
    browser.until(
        "nothing moves", () -> browser.script("return document.getAnimations().length === 0"));
  }

  @Test
  void theSampleShopsSellThroughThePage(@TempDir Path java, @TempDir Path node) throws Exception {
    try (SampleShop shop = SampleShop.java(portcullis, java)) {
      buys(shop);
    }
    try (SampleShop shop = SampleShop.node(portcullis, node)) {
      buys(shop);
    }
  }

  private void buys(SampleShop shop) throws IOException, InterruptedException {
    browser.open(shop.url("/buy"));
    browser.find("#pay");
    assertThat(browser.text("body")).contains("Teapot", "$20.00");
    page.open(new CheckoutPage.Shop("", browser.url()));
    page.fill(CheckoutPage.VISA);
    browser.click("#pay");
    browser.until("thanks", () -> browser.url().endsWith("/thanks"));
  }

  /** What Lighthouse would look at; the time is told and not judged. */
  @Test
  void theFirstLoadIsSmall() throws Exception {
    CheckoutPage.Shop shop = page.shop();
    browser.cdp("Network.clearBrowserCache", Map.of());
    browser.cdp("Emulation.setCPUThrottlingRate", Map.of("rate", SLOWER));
    List<Browser.Loaded> loaded;
    Object ready;
    Object painted;
    try {
      browser.loaded();
      page.open(shop);
      ready = browser.script("return Math.round(performance.now())");
      painted =
          browser.script(
              "return Math.round(performance.getEntriesByName('first-contentful-paint')[0]"
                  + "?.startTime ?? -1)");
      loaded = new ArrayList<>(browser.loaded());
    } finally {
      browser.cdp("Emulation.setCPUThrottlingRate", Map.of("rate", 1));
    }
    loaded.addAll(frames());
    long bytes = loaded.stream().mapToLong(Browser.Loaded::bytes).sum();
    System.out.printf(
        Locale.ROOT,
        "checkout page: %d bytes in %d requests; all fields ready after %s ms at a CPU %d times"
            + " slower; first paint after %s ms%n",
        bytes,
        loaded.size(),
        ready,
        SLOWER,
        painted);
    assertThat(loaded)
        .extracting(each -> each.url().startsWith(portcullis.cards()))
        .as("the page's own, three frames, and what they share")
        .contains(true, false);
    assertThat(bytes).isBetween(5_000L, (long) MOST_BYTES);
    assertThat(loaded)
        .allMatch(
            each ->
                each.url().startsWith(portcullis.api())
                    || each.url().startsWith(portcullis.cards()));
  }

  /** What the card fields load is told to nobody but themselves, so each is opened alone. */
  private List<Browser.Loaded> frames() {
    List<String> addresses =
        browser.driver().findElements(By.cssSelector("iframe")).stream()
            .map(frame -> String.valueOf(frame.getAttribute("src")))
            .toList();
    for (String address : addresses) {
      browser.driver().get(address);
    }
    return browser.loaded();
  }
}
