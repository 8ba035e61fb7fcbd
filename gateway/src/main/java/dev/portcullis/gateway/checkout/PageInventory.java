package dev.portcullis.gateway.checkout;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Every script of the hosted pages with why it is there and what it is (PCI DSS 4.0.1, 6.4.3), and
 * the header fields that keep others out: for an assessor, and for whoever compares what a browser
 * gets with it (11.6.1).
 */
@Component
final class PageInventory {

  /** Where it is served. */
  static final String PATH = "/checkout/inventory.json";

  private record Script(String name, String page, String purpose) {}

  private static final List<Script> SCRIPTS =
      List.of(
          new Script(
              "portcullis.js",
              "payment",
              "Mounts the card fields, which are frames of the cards origin, and shows a bank's"
                  + " challenge."),
          new Script(
              "checkout.js",
              "payment",
              "Checks what the shopper entered beside the card, sends the payment, and follows it"
                  + " to its end."),
          new Script(
              "return.js", "return", "Tells the payment page that the bank's challenge is over."));

  private final HostedPages pages;
  private final PageHeaders headers;

  PageInventory(HostedPages pages, PageHeaders headers) {
    this.pages = pages;
    this.headers = headers;
  }

  /** Why each script is there, by its path. */
  Map<String, String> purposes() {
    return SCRIPTS.stream()
        .collect(
            Collectors.toUnmodifiableMap(
                script -> pages.named(script.name()).path(), Script::purpose));
  }

  /** As it is served. */
  Map<String, Object> shown() {
    List<Map<String, String>> scripts = new ArrayList<>();
    for (Script script : SCRIPTS) {
      Asset asset = pages.named(script.name());
      Map<String, String> shown = new LinkedHashMap<>();
      shown.put("page", script.page());
      shown.put("path", asset.path());
      shown.put("integrity", asset.file().integrity());
      shown.put("purpose", script.purpose());
      scripts.add(shown);
    }
    Map<String, Object> inventory = new LinkedHashMap<>();
    inventory.put("object", "page_inventory");
    inventory.put("scripts", scripts);
    inventory.put("payment_page_headers", headers.page(false));
    inventory.put("return_page_headers", headers.framed(false));
    return inventory;
  }
}
