package dev.portcullis.vault.shredding;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.store.StoreFailure;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command that destroys an account's data keys. */
public final class ShreddingRoutes {

  private final Shredder shredder;
  private final @Nullable Duration backupsKept;
  private final InstantSource clock;

  /**
   * @param backupsKept how long a backup is kept, or null where nobody said
   */
  public ShreddingRoutes(Shredder shredder, @Nullable Duration backupsKept, InstantSource clock) {
    this.shredder = shredder;
    this.backupsKept = backupsKept;
    this.clock = clock;
  }

  /** All of them. */
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.post(
            "/admin/v1/accounts/{account}/shred",
            Right.SHRED_ACCOUNTS,
            Shape.of(Param.bool("livemode").required()),
            this::shred));
  }

  private Map<String, @Nullable Object> shred(AdminRequest request) {
    Owner owner =
        new Owner(request.variable("account"), request.arguments().bool("livemode").orElseThrow());
    String by = request.session().person() + " from " + request.address();
    try {
      Shredder.Destroyed destroyed = shredder.apply(new Shredding(owner), by);
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      tree.put("object", "shredding");
      tree.put("account", owner.account());
      tree.put("livemode", owner.livemode());
      tree.put("data_keys", destroyed.keys());
      tree.put("cards", destroyed.cards());
      // Whatever was copied before holds the keys, and opens with the master key.
      tree.put(
          "backups_open_until",
          backupsKept == null ? null : clock.instant().plus(backupsKept).getEpochSecond());
      return tree;
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }
}
