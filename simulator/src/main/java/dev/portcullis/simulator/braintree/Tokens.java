package dev.portcullis.simulator.braintree;

import dev.portcullis.kit.Base62;
import dev.portcullis.simulator.CardData;
import dev.portcullis.simulator.Refused;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cards that wait under a token, which serves once within three hours. In memory alone: a card
 * stands in no ledger. Not thread-safe: each request is a step of the books.
 */
final class Tokens {
  private static final int MOST = 50_000;
  private static final Duration LIFE = Duration.ofHours(3);

  private record Kept(CardData card, boolean address, Instant until) {}

  /**
   * What a token stands for.
   *
   * @param card the card
   * @param address whether a billing address came with it
   */
  record Card(CardData card, boolean address) {}

  private final SecureRandom random = new SecureRandom();
  private final Map<String, Kept> kept =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
          return size() > MOST;
        }
      };

  String keep(CardData card, boolean address, Instant now) {
    byte[] bytes = new byte[15];
    random.nextBytes(bytes);
    String token = "tokencc_bh_" + Base62.encode(bytes);
    kept.put(token, new Kept(card, address, now.plus(LIFE)));
    return token;
  }

  /**
   * The card, once.
   *
   * @throws Refused if there is none any more
   */
  Card use(@Nullable String token, Instant now) {
    Kept found = token == null ? null : kept.remove(token);
    if (found == null || found.until().isBefore(now)) {
      throw Transactions.invalid("91565", "Unknown or expired payment_method_nonce.", "base");
    }
    return new Card(found.card(), found.address());
  }
}
