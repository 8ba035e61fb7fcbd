package dev.portcullis.vault.limits;

import dev.portcullis.vault.limits.LimitReached.Limit;
import dev.portcullis.wire.limits.TokenBuckets;
import dev.portcullis.wire.net.ClientAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * What one address may ask for before anything is known of it but where it is: an IPv4 address, or
 * with IPv6 a /64. Keys that are none are counted apart, since each costs a query; whoever shares
 * the address with somebody who guesses keys goes on with a key that is known. Whoever has many
 * networks finds a bucket for the whole /48, and whoever has many addresses one for all of them.
 */
public final class AddressLimits {

  static final int SITE = 8;
  static final int ALL = 20;

  private static final int BOUND = 10_000;
  private static final String EVERYWHERE = "all";

  private final TokenBuckets networkRequests;
  private final TokenBuckets siteRequests;
  private final TokenBuckets networkGuesses;
  private final TokenBuckets siteGuesses;
  private final TokenBuckets allGuesses;

  public AddressLimits(LimitFigures figures, InstantSource clock) {
    Duration refill = Duration.ofSeconds(figures.burst());
    int requests = figures.addressRequests() * figures.burst();
    this.networkRequests = new TokenBuckets(requests, refill, BOUND, clock);
    this.siteRequests = new TokenBuckets(requests * SITE, refill, BOUND, clock);
    int guesses = figures.unknownKeys() * figures.burst();
    this.networkGuesses = new TokenBuckets(guesses, refill, BOUND, clock);
    this.siteGuesses = new TokenBuckets(guesses * SITE, refill, BOUND, clock);
    this.allGuesses = new TokenBuckets(guesses * ALL, refill, 1, clock);
  }

  /**
   * Counts a request.
   *
   * @throws LimitReached if it is one too many
   */
  public void request(InetAddress address) {
    LimitReached.unlessZero(networkRequests.take(ClientAddress.network(address)), Limit.ADDRESS);
    ClientAddress.site(address)
        .ifPresent(site -> LimitReached.unlessZero(siteRequests.take(site), Limit.ADDRESS));
  }

  /** For a request whose key may be none. */
  public Guess guess(InetAddress address) {
    return new Guess(address);
  }

  private record Token(TokenBuckets buckets, String name) {}

  /**
   * A key that may be none. Its tokens are taken before it is looked up, so that many at once get
   * no further than one after another, and given back when it is a key.
   */
  public final class Guess {

    private final List<Token> tokens = new ArrayList<>();
    private boolean taken;

    private Guess(InetAddress address) {
      tokens.add(new Token(networkGuesses, ClientAddress.network(address)));
      ClientAddress.site(address).ifPresent(site -> tokens.add(new Token(siteGuesses, site)));
      tokens.add(new Token(allGuesses, EVERYWHERE));
    }

    /**
     * Before it is looked up.
     *
     * @throws LimitReached if too many keys that are none were named from there
     */
    public void begin() {
      if (!taken) {
        LimitReached.unlessZero(take(), Limit.UNKNOWN_KEYS);
      }
    }

    private Duration take() {
      List<Token> held = new ArrayList<>();
      for (Token token : tokens) {
        Duration wait = token.buckets.take(token.name);
        if (wait.isPositive()) {
          held.forEach(each -> each.buckets.giveBack(each.name));
          return wait;
        }
        held.add(token);
      }
      taken = true;
      return Duration.ZERO;
    }

    /** It is a key. */
    public void isKey() {
      if (taken) {
        taken = false;
        tokens.forEach(each -> each.buckets.giveBack(each.name));
      }
    }

    /** It is none, though it was not looked up as one that might be. */
    public void isNone() {
      if (!taken) {
        take();
      }
    }
  }
}
