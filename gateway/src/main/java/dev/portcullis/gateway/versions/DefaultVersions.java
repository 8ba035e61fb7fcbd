package dev.portcullis.gateway.versions;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.journal.Write;
import dev.portcullis.gateway.keys.Principal;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * The version that an account's requests and events have where nobody names one. It is remembered
 * for a few seconds, so that a change counts after as many at most.
 */
@Component
public final class DefaultVersions {

  private static final Table TABLE = Table.of("api_settings", "api_version text");
  private static final long LIFE_MILLIS = 5_000;
  private static final int MAX_REMEMBERED = 10_000;

  private record Whose(String account, boolean livemode) {}

  private record Remembered(Version version, long until) {}

  private final Database database;
  private final InstantSource clock;
  private final Map<Whose, Remembered> remembered = new ConcurrentHashMap<>();

  DefaultVersions(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** The account's version in the principal's mode; the newest, if it has chosen none. */
  public Version of(Principal principal) {
    return of(principal.account(), principal.livemode());
  }

  /** The account's version in that mode; the newest, if it has chosen none. */
  public Version of(String account, boolean livemode) {
    Whose whose = new Whose(account, livemode);
    long now = clock.millis();
    Remembered hit = remembered.get(whose);
    if (hit != null && now < hit.until()) {
      return hit.version();
    }
    Version version = stored(whose).flatMap(s -> Version.find(s.text())).orElse(Version.NEWEST);
    if (remembered.size() >= MAX_REMEMBERED) {
      remembered.clear();
    }
    remembered.put(whose, new Remembered(version, now + LIFE_MILLIS));
    return version;
  }

  /** The row that makes a version the default one. */
  public Write choose(Principal principal, Version version) {
    String id = principal.livemode() ? "live" : "test";
    int stored =
        stored(new Whose(principal.account(), principal.livemode())).map(Stored::version).orElse(0);
    Row row = Row.of(id, stored + 1, clock.instant(), version.text());
    return stored == 0 ? new Write.Insert(TABLE, row) : new Write.Update(TABLE, row);
  }

  /** To be called when the choice is durable, so that this process knows it at once. */
  public void chosen(Principal principal) {
    remembered.remove(new Whose(principal.account(), principal.livemode()));
  }

  private record Stored(int version, String text) {}

  private Optional<Stored> stored(Whose whose) {
    return database
        .of(whose.account())
        .sql("SELECT version, api_version FROM api_settings WHERE account = ? AND livemode = ?")
        .params(whose.account(), whose.livemode())
        .query((row, _) -> new Stored(row.getInt(1), row.getString(2)))
        .optional();
  }
}
