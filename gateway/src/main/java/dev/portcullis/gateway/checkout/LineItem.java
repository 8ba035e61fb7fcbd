package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.http.Unsupported;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that is to be paid for.
 *
 * @param id {@code li_...}
 * @param priceId {@code price_...}, of the price that was described in place
 * @param productId {@code prod_...}, likewise of the product
 * @param name of the product
 * @param unit what one costs, 0 or more
 * @param quantity 1 or more
 * @param metadata the merchant's own names and texts
 * @param product what was said of the product, for the page to show
 */
record LineItem(
    String id,
    String priceId,
    String productId,
    String name,
    Money unit,
    long quantity,
    Map<String, String> metadata,
    Map<String, @Nullable Object> product) {

  private static final long MAX_AMOUNT = 99_999_999;
  private static final long MAX_QUANTITY = 999_999;
  private static final int MAX_NAME = 250;
  private static final int MAX_IMAGES = 8;

  /** What a client may send: a price and a product described in place. */
  static final Shape SHAPE =
      Shape.of(
              Param.hash(
                      "price_data",
                      Shape.of(
                              Param.currency("currency").required(),
                              Param.integer("unit_amount").range(0, MAX_AMOUNT).required(),
                              Param.hash(
                                      "product_data",
                                      Shape.of(
                                              Param.string("name").max(MAX_NAME).required(),
                                              Param.lines("description").max(1000),
                                              Param.list("images", Param.url("image"))
                                                  .max(MAX_IMAGES),
                                              Param.metadata())
                                          .refusing(Unsupported.TAX, "tax_code"))
                                  .required())
                          .refusing(Unsupported.CATALOGUE, "product")
                          .refusing(Unsupported.BILLING, "recurring")
                          .refusing(Unsupported.TAX, "tax_behavior")
                          .refusing("amounts are whole; use unit_amount.", "unit_amount_decimal"))
                  .required(),
              Param.integer("quantity").range(1, MAX_QUANTITY).required(),
              Param.metadata())
          .refusing(Unsupported.CATALOGUE, "price")
          .refusing(Unsupported.TAX, "dynamic_tax_rates", "tax_rates")
          .refusing("a shopper does not change quantities here.", "adjustable_quantity");

  /**
   * The item that was sent.
   *
   * @param ids the new ids: of the item, its price and its product
   */
  static LineItem of(Arguments sent, Ids ids) {
    Arguments price = sent.hash("price_data").orElseThrow();
    Arguments product = price.hash("product_data").orElseThrow();
    return new LineItem(
        ids.item(),
        ids.price(),
        ids.product(),
        product.requiredString("name"),
        new Money(price.requiredInteger("unit_amount"), price.currency("currency").orElseThrow()),
        sent.requiredInteger("quantity"),
        sent.metadata().map(update -> update.applyTo(Map.of())).orElse(Map.of()),
        product(product));
  }

  private static Map<String, @Nullable Object> product(Arguments sent) {
    Map<String, @Nullable Object> product = new LinkedHashMap<>();
    product.put("name", sent.requiredString("name"));
    product.put("description", sent.string("description").orElse(null));
    product.put("images", sent.list("images").stream().map(Object::toString).toList());
    product.put("metadata", sent.metadata().map(u -> u.applyTo(Map.of())).orElse(Map.of()));
    return product;
  }

  /** The ids of a new item. */
  record Ids(String item, String price, String product) {}

  Currency currency() {
    return unit.currency();
  }

  /** What all of them cost together, exact. */
  long amount() {
    return Math.multiplyExact(unit.minorUnits(), quantity);
  }

  /** As the wire shows it. */
  Map<String, @Nullable Object> render(long created, boolean livemode) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("object", "item");
    map.put("adjustable_quantity", null);
    map.put("amount_discount", 0L);
    map.put("amount_subtotal", amount());
    map.put("amount_tax", 0L);
    map.put("amount_total", amount());
    map.put("currency", currency().code());
    map.put("description", name);
    map.put("metadata", metadata);
    map.put("price", price(created, livemode));
    map.put("quantity", quantity);
    return map;
  }

  /** A price of one item: nobody can use it again. */
  private Map<String, @Nullable Object> price(long created, boolean livemode) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("id", priceId);
    map.put("object", "price");
    map.put("active", false);
    map.put("billing_scheme", "per_unit");
    map.put("created", created);
    map.put("currency", currency().code());
    map.put("custom_unit_amount", null);
    map.put("livemode", livemode);
    map.put("lookup_key", null);
    map.put("metadata", Map.of());
    map.put("nickname", null);
    map.put("product", productId);
    map.put("recurring", null);
    map.put("tax_behavior", "unspecified");
    map.put("tiers_mode", null);
    map.put("transform_quantity", null);
    map.put("type", "one_time");
    map.put("unit_amount", unit.minorUnits());
    map.put("unit_amount_decimal", Long.toString(unit.minorUnits()));
    return map;
  }
}
