package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.database.Database;
import java.time.Instant;
import java.time.ZoneOffset;
import org.springframework.stereotype.Component;

/**
 * Whether payments wait because the database was restored from a backup: its providers may know of
 * payments that it has forgotten, and idempotency keys with them, so whoever asks again would pay
 * twice. Only a database that was empty is ever restored into, when no gateway uses it: a pause
 * that is over does not come back while a gateway runs.
 */
@Component
public final class PaymentsPause {

  private final Database database;
  private volatile boolean over;

  PaymentsPause(Database database) {
    this.database = database;
  }

  /** Whether they wait now. */
  public boolean isOn() {
    if (over) {
      return false;
    }
    boolean on =
        database
            .shared()
            .sql("SELECT EXISTS (SELECT FROM recoveries WHERE state <> 'resumed')")
            .query(Boolean.class)
            .single();
    over = !on;
    return on;
  }

  /** Whether a backup was restored after that: what was done between the two is forgotten. */
  boolean wasRestoredSince(Instant time) {
    return database
        .shared()
        .sql("SELECT EXISTS (SELECT FROM recoveries WHERE restored_at > ?)")
        .param(time.atOffset(ZoneOffset.UTC))
        .query(Boolean.class)
        .single();
  }
}
