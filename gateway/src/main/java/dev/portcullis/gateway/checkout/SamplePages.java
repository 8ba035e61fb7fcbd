package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.http.Answer;
import dev.portcullis.gateway.pages.OwnPage;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The payment page and the return page for whoever looks whether they arrive as they are served
 * (PCI DSS 4.0.1, 11.6.1): the templates, scripts and header fields of every payment, at addresses
 * that are the same for ever. There is no session behind them, so that nothing can be paid, and the
 * page says so.
 */
@Component
final class SamplePages implements OwnPage.Source {

  /** Where the payment page's sample is. */
  static final String PAYMENT = "/checkout/sample";

  /** Where the return page's sample is. */
  static final String RETURN = PAYMENT + "/return";

  private static final Branding LOOK =
      new Branding("Portcullis", Branding.PLAIN.color(), Branding.PLAIN.radius(), null);

  private static final Map<String, @Nullable Object> SESSION = new LinkedHashMap<>();

  static {
    SESSION.put("mode", "payment");
    SESSION.put("status", "open");
    SESSION.put("livemode", true);
    SESSION.put("currency", "usd");
    SESSION.put("amount_total", 100L);
    SESSION.put("expires_at", Instant.MAX.getEpochSecond());
    SESSION.put(CheckoutSession.EMAIL_ASKED, true);
    SESSION.put(CheckoutSession.ITEMS, List.of());
  }

  private final HostedPages pages;
  private final PageHeaders headers;
  private final PageInventory inventory;
  private final CheckoutUrls urls;

  SamplePages(HostedPages pages, PageHeaders headers, PageInventory inventory, CheckoutUrls urls) {
    this.pages = pages;
    this.headers = headers;
    this.inventory = inventory;
    this.urls = urls;
  }

  /** The sample at that path. */
  Optional<Answer> at(String path, Words words, boolean gzip) {
    return switch (path) {
      case PAYMENT -> Optional.of(answer(headers.page(gzip), payment(words), gzip));
      case RETURN -> Optional.of(answer(headers.framed(gzip), returned(words), gzip));
      default -> Optional.empty();
    };
  }

  private static Answer answer(Map<String, String> fields, byte[] html, boolean gzip) {
    return new Answer(200, fields, gzip ? HostedPages.packed(html) : html);
  }

  private byte[] payment(Words words) {
    CheckoutSession session = new CheckoutSession("cs_live_sample", 1, Instant.EPOCH, SESSION);
    Map<String, @Nullable Object> script = new LinkedHashMap<>();
    script.put("state", "sample");
    script.put("path", PAYMENT);
    script.put("apiUrl", urls.base());
    script.put("cardsUrl", pages.cardsUrl());
    Map<String, @Nullable Object> model =
        new PageModel(session, words, LOOK).form(List.of(), script);
    model.put("sample", true);
    return pages.render("checkout", words, LOOK, model);
  }

  private byte[] returned(Words words) {
    Map<String, @Nullable Object> model = new LinkedHashMap<>();
    model.put("page", PAYMENT);
    model.put("backLabel", words.text("link.continue"));
    return pages.render("return", words, LOOK, model);
  }

  @Override
  public List<OwnPage> pages() {
    Words words = Words.of(null, OwnPage.LANGUAGES);
    return List.of(
        page("payment", PAYMENT, headers.page(false), payment(words)),
        page("return", RETURN, headers.framed(false), returned(words)));
  }

  private OwnPage page(String id, String path, Map<String, String> fields, byte[] html) {
    Map<String, String> hashes = new HashMap<>();
    pages.all(LOOK).forEach(each -> hashes.put(each.path(), each.file().integrity()));
    return new OwnPage(
        id, URI.create(urls.base() + path), fields, html, hashes, inventory.purposes());
  }
}
