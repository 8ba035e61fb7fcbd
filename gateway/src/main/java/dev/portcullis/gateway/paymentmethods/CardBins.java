package dev.portcullis.gateway.paymentmethods;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.work.Caches;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The first digits of payment methods' cards. They never change, so that what was read once, or
 * came from the vault a moment ago, is not asked for again.
 */
@Component
public final class CardBins {

  private static final int MOST = 20_000;
  private static final Duration KEPT = Duration.ofMinutes(10);

  private record Key(String account, String paymentMethod) {}

  private final Database database;

  /** An empty text where they are not known. */
  private final Cache<Key, String> known =
      Caches.bounded().maximumSize(MOST).expireAfterAccess(KEPT).build();

  CardBins(Database database) {
    this.database = database;
  }

  /** A card came from the vault, and is not stored yet. */
  void came(String account, PaymentMethod method) {
    String bin = method.bin();
    known.put(new Key(account, method.id()), bin == null ? "" : bin);
  }

  /** The first digits of a payment method's card, or null where they are not known. */
  public @Nullable String of(String account, String paymentMethod) {
    String bin = known.get(new Key(account, paymentMethod), this::read);
    return bin.isEmpty() ? null : bin;
  }

  private String read(Key key) {
    return database
        .of(key.account)
        .sql("SELECT coalesce(bin, '') FROM payment_methods WHERE account = ? AND id = ?")
        .params(key.account, key.paymentMethod)
        .query(String.class)
        .optional()
        .orElse("");
  }
}
