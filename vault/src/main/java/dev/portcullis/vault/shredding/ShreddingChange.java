package dev.portcullis.vault.shredding;

import dev.portcullis.vault.changes.Change;
import dev.portcullis.vault.changes.ChangeKind;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.store.StoreFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Destroying an account's data keys, which two people do together: there is no way back. */
public final class ShreddingChange implements ChangeKind {

  static final String SHRED = "account.shred";

  private final Shredder shredder;
  private final @Nullable Duration backupsKept;
  private final InstantSource clock;

  /**
   * @param backupsKept how long a backup is kept, or null where nobody said
   */
  public ShreddingChange(Shredder shredder, @Nullable Duration backupsKept, InstantSource clock) {
    this.shredder = shredder;
    this.backupsKept = backupsKept;
    this.clock = clock;
  }

  @Override
  public String action() {
    return SHRED;
  }

  private static Shredding shredding(Change change) {
    return new Shredding(new Owner(change.subject(), change.content().equals("live")));
  }

  @Override
  public void check(Change change) {
    try {
      shredder.check(shredding(change));
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  @Override
  public String consequences(Change change) {
    try {
      Shredder.Destroyed all = shredder.wouldDestroy(shredding(change));
      return "There is no way back: %s, and the account takes no cards in this mode; %s."
          .formatted(all.text(), backups());
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  /** Whatever was copied before holds the keys, and opens with the master key. */
  private String backups() {
    return backupsKept == null
        ? "how long backups are kept was not said (vault.backup.kept-for)"
        : "backups made before open them until " + clock.instant().plus(backupsKept);
  }

  @Override
  public String apply(Connection connection, Change change, String by) throws SQLException {
    Shredder.Destroyed destroyed =
        shredder.within(connection, shredding(change), change.proposedBy() + " and " + by);
    return destroyed.text() + "; " + backups();
  }

  @Override
  public void applied() {
    shredder.forget();
  }
}
