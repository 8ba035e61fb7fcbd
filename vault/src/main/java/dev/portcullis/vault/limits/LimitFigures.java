package dev.portcullis.vault.limits;

import dev.portcullis.wire.config.ZoneConfig;

/**
 * How much is allowed; each figure has a key in the configuration (docs/CONFIGURATION.md).
 *
 * @param addressRequests requests a second of one address
 * @param unknownKeys keys that are none, a second, of one address
 * @param burst how many seconds' worth may come at once
 * @param stores what may be stored
 * @param intake how many requests with a card at once
 */
public record LimitFigures(
    int addressRequests, int unknownKeys, int burst, Stores stores, AtOnce intake) {

  /**
   * How many at once.
   *
   * @param running that are worked at
   * @param waiting that wait for it
   */
  public record AtOnce(int running, int waiting) {}

  /**
   * What may be stored in a minute; a minute's worth may come at once.
   *
   * @param page by one address with a page's key
   * @param pageCards different cards by one address with a page's key
   * @param pages by all pages of an account
   * @param key with one server's key
   * @param account by all servers of an account
   * @param numberEnds different live cards with the same first and last digits, in an hour
   */
  public record Stores(int page, int pageCards, int pages, int key, int account, int numberEnds) {}

  private static final int SANDBOX_REQUESTS = 5_000;
  private static final int SANDBOX_STORES = 60_000;

  /**
   * Reads the configuration; in a sandbox, where there is one merchant who tests on his own
   * machine, what is not given is generous.
   */
  public static LimitFigures read(ZoneConfig config, boolean sandbox) {
    return new LimitFigures(
        number(config, "address.requests", sandbox ? SANDBOX_REQUESTS : 200),
        number(config, "address.unknown-keys", sandbox ? 200 : 10),
        number(config, "burst", 2),
        new Stores(
            number(config, "page.stores", sandbox ? SANDBOX_STORES : 240),
            number(config, "page.cards", sandbox ? SANDBOX_STORES : 120),
            number(config, "pages.stores", sandbox ? SANDBOX_STORES * 2 : 3_000),
            number(config, "key.stores", sandbox ? SANDBOX_STORES : 6_000),
            number(config, "account.stores", sandbox ? SANDBOX_STORES * 2 : 12_000),
            number(config, "number-ends", 10)),
        new AtOnce(number(config, "intake.running", 48), number(config, "intake.waiting", 256)));
  }

  private static int number(ZoneConfig config, String name, int otherwise) {
    return config.find("limits." + name).map(Integer::parseInt).orElse(otherwise);
  }
}
