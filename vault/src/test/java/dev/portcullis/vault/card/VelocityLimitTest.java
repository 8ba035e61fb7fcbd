package dev.portcullis.vault.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.StoppedClock;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.keys.Principal;
import dev.portcullis.vault.limits.LimitFigures;
import dev.portcullis.vault.limits.LimitReached;
import dev.portcullis.vault.limits.LimitReached.Limit;
import dev.portcullis.wire.key.KeyKind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VelocityLimitTest {

  /** Those of operation. */
  private static final LimitFigures.Stores FIGURES =
      new LimitFigures.Stores(240, 120, 3_000, 6_000, 12_000, 10);

  private static final Principal SERVER = principal("acct_a", true, KeyKind.SECRET);
  private static final Principal PAGE = principal("acct_a", true, KeyKind.PUBLISHABLE);

  private final StoppedClock clock = new StoppedClock();
  private final VelocityLimit limit = new VelocityLimit(FIGURES, clock);

  @Test
  void guessingANumbersMiddleIsStoppedAndStaysStopped() {
    for (int n = 0; n < 10; n++) {
      assertThat(store(SERVER, null, card(n, "4242"))).isNull();
    }
    assertThat(store(SERVER, null, card(10, "4242"))).isEqualTo(Limit.NUMBER_ENDS);
    assertThat(store(SERVER, null, card(10, "4242"))).as("again").isEqualTo(Limit.NUMBER_ENDS);
    assertThat(store(SERVER, null, card(3, "4242"))).as("a card that was let in").isNull();
    assertThat(store(principal("acct_a", true, KeyKind.RESTRICTED), null, card(11, "4242")))
        .as("with another key of the account")
        .isEqualTo(Limit.NUMBER_ENDS);
    assertThat(store(PAGE, "203.0.113.9", card(11, "4242"))).isEqualTo(Limit.NUMBER_ENDS);
    assertThat(store(principal("acct_b", true, KeyKind.SECRET), null, card(11, "4242"))).isNull();
    clock.advance(Duration.ofHours(1));
    assertThat(store(SERVER, null, card(10, "4242"))).isNull();
  }

  @Test
  void testModeHasNothingToGuess() {
    Principal test = principal("acct_a", false, KeyKind.SECRET);
    for (int n = 0; n < 1_000; n++) {
      assertThat(store(test, null, card(n, "4242"))).isNull();
    }
  }

  /** A hundred different cards a second with one key, for an hour: a shop on its best day. */
  @Test
  void anHonestServerIsNeverStopped() {
    for (int n = 0; n < 360_000; n++) {
      if (n % 100 == 0) {
        clock.advance(Duration.ofSeconds(1));
      }
      assertThat(store(SERVER, null, card(n, "%04d".formatted(n % 10_000)), n / 10_000)).isNull();
    }
  }

  @Test
  void aServersKeyHasItsBucketAndThenItsAccounts() {
    assertThat(stored(SERVER, "203.0.113.1", 20_000)).isEqualTo(6_000);
    assertThat(store(SERVER, "203.0.113.2", card(1, "4242")))
        .as("a server's key is one, wherever it is used")
        .isEqualTo(Limit.KEY);
    assertThat(stored(key("key_2"), null, 20_000)).isEqualTo(6_000);
    assertThat(store(key("key_3"), null, card(1, "4242"))).isEqualTo(Limit.ACCOUNT);
    assertThat(store(PAGE, "203.0.113.1", card(1, "4242"))).as("pages go on").isNull();
    assertThat(store(principal("acct_b", true, KeyKind.SECRET), null, card(1, "4242"))).isNull();
  }

  @Test
  void theSameCardAgainAndAgainIsCountedToo() {
    assertThat(stored(PAGE, "203.0.113.1", 1_000)).isEqualTo(240);
    assertThat(store(PAGE, "203.0.113.1", card(1, "4242"))).isEqualTo(Limit.PAGE);
    assertThat(store(PAGE, "203.0.113.2", card(1, "4242"))).as("another host").isNull();
    clock.advance(Duration.ofMinutes(1));
    assertThat(stored(PAGE, "203.0.113.1", 1_000)).isEqualTo(240);
  }

  @Test
  void oneHostWithAPagesKeyDoesNotStopTheOthers() {
    for (int n = 0; n < FIGURES.pageCards(); n++) {
      assertThat(store(PAGE, "2001:db8::" + n, card(n, "%04d".formatted(n)))).isNull();
    }
    assertThat(store(PAGE, "2001:db8::ffff", card(500, "5000")))
        .as("the same /64")
        .isEqualTo(Limit.PAGE_CARDS);
    assertThat(store(PAGE, "203.0.113.9", card(501, "5001"))).isNull();
  }

  /** Each home has a /48 or a /56 of IPv6: 65,536 networks are one customer's. */
  @Test
  void manyNetworksOfOneSiteAreNotManyHosts() {
    int stored = 0;
    for (int network = 0; network < 400; network++) {
      stored += stored(PAGE, "2001:db8:1:%x::1".formatted(network), 10);
    }
    assertThat(stored).isLessThanOrEqualTo(240 * 8).isGreaterThan(1_000);
    for (int shopper = 0; shopper < 100; shopper++) {
      assertThat(store(PAGE, "2001:db8:%x::1".formatted(100 + shopper), card(1, "4242")))
          .as("another site")
          .isNull();
    }
  }

  @Test
  void manyNetworksOfOneSiteBringNoMoreDifferentCards() {
    int stored = 0;
    for (int n = 0; n < 1_200; n++) {
      Card card = card(n, "%04d".formatted(n));
      stored += store(PAGE, "2001:db8:1:%x::1".formatted(n), card) == null ? 1 : 0;
    }
    assertThat(stored).isEqualTo(120 * 8);
  }

  /** Everybody can read a publishable key: a few busy hosts must not use it up for all shoppers. */
  @Test
  void busyHostsLeaveTheOtherShoppersTheirHalf() {
    int flooded = 0;
    for (int host = 0; host < 100; host++) {
      flooded += stored(PAGE, "198.51.100." + host, 1_000);
    }
    assertThat(flooded).isLessThan(FIGURES.pages());
    for (int shopper = 0; shopper < 100; shopper++) {
      assertThat(store(PAGE, "203.0.113." + shopper, card(shopper, "%04d".formatted(shopper))))
          .isNull();
    }
    assertThat(stored(SERVER, null, 1_000)).as("nor does any server notice").isEqualTo(1_000);
  }

  private int stored(Principal principal, @Nullable String from, int tries) {
    int stored = 0;
    for (int n = 0; n < tries; n++) {
      stored += store(principal, from, card(1, "4242")) == null ? 1 : 0;
    }
    return stored;
  }

  /** Which limit was reached, or null. */
  private @Nullable Limit store(Principal principal, @Nullable String from, Card card) {
    try {
      limit.store(principal, from);
      limit.card(principal, from, card.print(), card.ends());
      return null;
    } catch (LimitReached e) {
      assertThat(e.retryAfterSeconds()).isBetween(1L, 3_601L);
      return e.limit();
    }
  }

  private @Nullable Limit store(Principal principal, @Nullable String from, Card card, int issuer) {
    return store(
        principal, from, new Card(card.print(), "4000%04d:%s".formatted(issuer, card.last4())));
  }

  private static Principal principal(String account, boolean live, KeyKind kind) {
    return new Principal("key_" + kind, "", new Owner(account, live), kind, Set.of());
  }

  private static Principal key(String id) {
    return new Principal(id, "", new Owner("acct_a", true), KeyKind.SECRET, Set.of());
  }

  private static Card card(int card, String last4) {
    return new Card(new CardPrint(List.of(1), List.of("fingerprint" + card)), "42424242:" + last4);
  }

  private record Card(CardPrint print, String ends) {
    String last4() {
      return ends.substring(ends.indexOf(':') + 1);
    }
  }
}
