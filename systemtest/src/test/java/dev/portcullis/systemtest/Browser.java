package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A shopper's browser: Debian's Chromium behind its own driver, without a window and with a fresh
 * profile. Starting it takes seconds, so a test class has one and begins each test with {@link
 * #forget()}.
 *
 * <p>Pages are opened by the name {@code localhost}: that is a trustworthy origin without TLS, an
 * address by numbers is not for everything that a browser distinguishes.
 */
final class Browser implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final int HEIGHT = 900;

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Starts one, or skips the test with a reason; with {@code CI=true} nothing is skipped. */
  static Browser start() {
    for (String program : List.of("chromium", "chromedriver")) {
      if (!Commands.exists(program)) {
        if ("true".equals(System.getenv("CI"))) {
          fail("there is no %s here, and a run with CI=true skips nothing", program);
        }
        abort("skipped: there is no " + program + " here (Debian: chromium, chromium-driver)");
      }
    }
    ChromeOptions options = new ChromeOptions();
    options.setBinary(onPath("chromium").toString());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(onPath("chromedriver").toFile())
            .usingAnyFreePort()
            .build();
    ChromeDriver driver = new ChromeDriver(service, options);
    driver.manage().timeouts().scriptTimeout(LIMIT).pageLoadTimeout(LIMIT);
    Browser browser = new Browser(driver);
    browser.width(1280);
    return browser;
  }

  private static Path onPath(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      Path file = Path.of(folder, program);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new AssertionError(program + " is not on the path");
  }

  /** For what is not here. */
  ChromeDriver driver() {
    return driver;
  }

  /** An origin by the name that browsers trust. */
  static String local(String url) {
    URI uri = URI.create(url);
    return uri.getHost().equals("127.0.0.1")
        ? url.replaceFirst("127\\.0\\.0\\.1", "localhost")
        : url;
  }

  /** Opens a page and waits until it has loaded. */
  void open(String url) {
    driver.switchTo().defaultContent();
    driver.get(local(url));
  }

  String url() {
    return String.valueOf(driver.getCurrentUrl());
  }

  /** Begins anew: no page, no cookies, light, with motion, wide. */
  void forget() {
    driver.switchTo().defaultContent();
    driver.get("about:blank");
    cdp("Network.clearBrowserCookies", Map.of());
    cdp("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    width(1280);
  }

  /** The width of what a page sees, in CSS pixels, also below what a window can be. */
  void width(int pixels) {
    cdp(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", pixels, "height", HEIGHT, "deviceScaleFactor", 1, "mobile", false));
  }

  void dark() {
    media("prefers-color-scheme", "dark");
  }

  /** A wish of the shopper's, such as {@code prefers-reduced-motion} or {@code forced-colors}. */
  void media(String feature, String value) {
    cdp(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", feature, "value", value))));
  }

  /** A command of the DevTools protocol. */
  Map<String, Object> cdp(String command, Map<String, Object> parameters) {
    return driver.executeCdpCommand(command, parameters);
  }

  /**
   * A resource that came over the network.
   *
   * @param bytes as they were sent, with the header
   */
  record Loaded(String url, long bytes) {}

  /** What came since this was last asked. */
  List<Loaded> loaded() {
    Map<String, String> urls = new LinkedHashMap<>();
    List<Loaded> loaded = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      JsonObject message =
          JsonParser.parseString(entry.getMessage()).getAsJsonObject().getAsJsonObject("message");
      JsonObject params = message.getAsJsonObject("params");
      switch (message.get("method").getAsString()) {
        case "Network.responseReceived" ->
            urls.put(
                params.get("requestId").getAsString(),
                params.getAsJsonObject("response").get("url").getAsString());
        case "Network.loadingFinished" -> {
          String url = urls.get(params.get("requestId").getAsString());
          if (url != null && url.startsWith("http")) {
            loaded.add(new Loaded(url, params.get("encodedDataLength").getAsLong()));
          }
        }
        default -> {}
      }
    }
    return loaded;
  }

  /** The element, as soon as it is there and shown. */
  WebElement find(String css) {
    return until(
        css + " is shown",
        () ->
            driver.findElements(By.cssSelector(css)).stream()
                .filter(WebElement::isDisplayed)
                .findFirst()
                .orElse(null));
  }

  /** Goes into a frame, as soon as it is there; {@link #outside()} leaves it. */
  void inside(String css) {
    driver.switchTo().frame(find(css));
  }

  void outside() {
    driver.switchTo().defaultContent();
  }

  /** Clicks as a mouse does: what lies above the element gets it. */
  void click(String css) {
    find(css).click();
  }

  /** Types into the element. */
  void type(String css, String text) {
    find(css).sendKeys(text);
  }

  /** Presses keys where the focus is. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  void tab() {
    press(Keys.TAB);
  }

  String text(String css) {
    return find(css).getText();
  }

  /** Runs a script in the page; an argument is {@code arguments[0]}. */
  @Nullable Object script(String script, @Nullable Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** The value, as soon as it is one: neither null nor false. */
  <T> T until(String what, Callable<@Nullable T> value) {
    return java.util.Objects.requireNonNull(
        await(what)
            .atMost(LIMIT)
            .pollInterval(Duration.ofMillis(50))
            .ignoreException(StaleElementReferenceException.class)
            .until(value, each -> each != null && !each.equals(false)));
  }

  /**
   * Keeps a picture of the whole page under {@code target/screenshots}, for somebody to look at.
   */
  Path screenshot(String name) {
    try {
      Files.createDirectories(SCREENSHOTS);
      return Files.write(
          SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
