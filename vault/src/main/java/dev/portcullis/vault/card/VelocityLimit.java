package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.keys.Principal;
import dev.portcullis.vault.limits.LimitFigures;
import dev.portcullis.vault.limits.LimitReached;
import dev.portcullis.vault.limits.LimitReached.Limit;
import dev.portcullis.wire.limits.TokenBuckets;
import dev.portcullis.wire.net.ClientAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much may be stored, and how many different cards may come in.
 *
 * <p>What is stored is counted every time, the same card again too: rows are what fills a database.
 * A server's key has its own bucket and then its account's. A page's key is everybody's, so each
 * host with it has a bucket of its own, and beyond that all pages of the account share one that no
 * server needs; a host that has stored more than a shopper does may use only half of that, so that
 * a few busy hosts cannot keep the other shoppers out. Whoever has many IPv6 networks finds the
 * same once more for the whole /48, eight times as large.
 *
 * <p>Different cards are counted for a host with a page's key, and for each BIN with last four
 * digits, because whoever guesses the digits between them comes with many numbers of one such pair.
 * That is live mode's alone: test mode takes public numbers, and there is nothing to guess.
 *
 * <p>In memory and bounded; the longest unused is forgotten first.
 */
final class VelocityLimit {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int HOSTS = 10_000;
  private static final int ACCOUNTS = 5_000;
  private static final int NUMBER_ENDS = 40_000;

  /** One in so many of a host's tokens are what a shopper needs. */
  private static final int SHOPPERS_PART = 20;

  /** What a /48 may have of what a host has. */
  private static final int SITE = 8;

  private final LimitFigures.Stores figures;
  private final TokenBuckets hosts;
  private final TokenBuckets sites;
  private final TokenBuckets pages;
  private final TokenBuckets keys;
  private final TokenBuckets accounts;
  private final Distinct hostCards;
  private final Distinct siteCards;
  private final Distinct numberEnds;

  VelocityLimit(LimitFigures.Stores figures, InstantSource clock) {
    this.figures = figures;
    this.hosts = new TokenBuckets(figures.page(), MINUTE, HOSTS, clock);
    this.sites = new TokenBuckets(figures.page() * SITE, MINUTE, HOSTS, clock);
    this.pages = new TokenBuckets(figures.pages(), MINUTE, ACCOUNTS, clock);
    this.keys = new TokenBuckets(figures.key(), MINUTE, ACCOUNTS, clock);
    this.accounts = new TokenBuckets(figures.account(), MINUTE, ACCOUNTS, clock);
    this.hostCards = new Distinct(figures.pageCards(), MINUTE, HOSTS, clock);
    this.siteCards = new Distinct(figures.pageCards() * SITE, MINUTE, HOSTS, clock);
    this.numberEnds = new Distinct(figures.numberEnds(), HOUR, NUMBER_ENDS, clock);
  }

  /**
   * Counts something that is about to be stored.
   *
   * @param clientIp from where, or null where that is not known
   * @throws LimitReached if it is too much
   */
  void store(Principal principal, @Nullable String clientIp) {
    String account = scope(principal.owner());
    if (!principal.isPublic()) {
      LimitReached.unlessZero(keys.take(account + principal.keyId()), Limit.KEY);
      LimitReached.unlessZero(accounts.take(account), Limit.ACCOUNT);
      return;
    }
    boolean busy = isBusy(hosts, account + source(principal, clientIp), figures.page());
    String site = site(principal, clientIp);
    if (site != null) {
      busy |= isBusy(sites, account + site, figures.page() * SITE);
    }
    LimitReached.unlessZero(pages.take(account, busy ? figures.pages() / 2 : 0), Limit.PAGES);
  }

  /** Takes a token; whether more were taken than shoppers need. */
  private static boolean isBusy(TokenBuckets buckets, String name, int tokens) {
    LimitReached.unlessZero(buckets.take(name), Limit.PAGE);
    return tokens - buckets.left(name) > Math.max(2, tokens / SHOPPERS_PART);
  }

  /**
   * Counts a card that came in; one that came before costs nothing.
   *
   * @param print what it is known by
   * @param ends its BIN and last four digits
   * @param clientIp from where, or null where that is not known
   * @throws LimitReached if it is one too many
   */
  void card(Principal principal, @Nullable String clientIp, CardPrint print, String ends) {
    Owner owner = principal.owner();
    int card = print.newest().hashCode();
    if (principal.isPublic()) {
      String host = scope(owner) + source(principal, clientIp);
      LimitReached.unlessZero(hostCards.count(host, card), Limit.PAGE_CARDS);
      String site = site(principal, clientIp);
      if (site != null) {
        LimitReached.unlessZero(siteCards.count(scope(owner) + site, card), Limit.PAGE_CARDS);
      }
    }
    if (owner.livemode()) {
      LimitReached.unlessZero(numberEnds.count(scope(owner) + ends, card), Limit.NUMBER_ENDS);
    }
  }

  private static String scope(Owner owner) {
    return owner.account() + (owner.livemode() ? ":live:" : ":test:");
  }

  private static String source(Principal principal, @Nullable String clientIp) {
    return clientIp == null
        ? principal.keyId()
        : principal.keyId() + '@' + ClientAddress.network(clientIp);
  }

  private static @Nullable String site(Principal principal, @Nullable String clientIp) {
    return clientIp == null
        ? null
        : ClientAddress.site(clientIp).map(site -> principal.keyId() + '@' + site).orElse(null);
  }

  /** So many different cards in a time, for each name. */
  private static final class Distinct {

    /** Beyond so many a card that comes again counts again: that only bounds the memory. */
    private static final int REMEMBERED = 2_000;

    private final int most;
    private final Duration length;
    private final int bound;
    private final InstantSource clock;
    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Window {
      final Instant end;
      int[] seen = new int[2];
      int count;

      Window(Instant end) {
        this.end = end;
      }

      boolean holds(int card) {
        for (int at = 0; at < Math.min(count, seen.length); at++) {
          if (seen[at] == card) {
            return true;
          }
        }
        return false;
      }

      void add(int card) {
        if (count == seen.length && count < REMEMBERED) {
          seen = Arrays.copyOf(seen, count * 2);
        }
        if (count < seen.length) {
          seen[count] = card;
        }
        count++;
      }
    }

    Distinct(int most, Duration length, int bound, InstantSource clock) {
      this.most = most;
      this.length = length;
      this.bound = bound;
      this.clock = clock;
    }

    /** Zero, or how long until the card may come; until then it is refused each time it comes. */
    synchronized Duration count(String name, int card) {
      Instant now = clock.instant();
      Window window = windows.get(name);
      if (window == null || !now.isBefore(window.end)) {
        window = new Window(now.plus(length));
        windows.put(name, window);
        if (windows.size() > bound) {
          windows.remove(windows.keySet().iterator().next());
        }
      }
      if (window.holds(card)) {
        return Duration.ZERO;
      }
      if (window.count >= most) {
        return Duration.between(now, window.end);
      }
      window.add(card);
      return Duration.ZERO;
    }
  }
}
