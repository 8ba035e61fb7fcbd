package dev.portcullis.vault.shredding;

import dev.portcullis.vault.changes.ChangeRoutes;
import dev.portcullis.vault.changes.FourEyes;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Proposing that an account's data keys are destroyed. */
public final class ShreddingRoutes {

  private final FourEyes changes;

  public ShreddingRoutes(FourEyes changes) {
    this.changes = changes;
  }

  /** All of them. */
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.post(
            "/admin/v1/accounts/{account}/shred",
            Right.SHRED_ACCOUNTS,
            Shape.of(Param.bool("livemode").required()),
            this::propose));
  }

  private Map<String, @Nullable Object> propose(AdminRequest request) {
    Owner owner =
        new Owner(request.variable("account"), request.arguments().bool("livemode").orElseThrow());
    Shredding shredding = new Shredding(owner);
    return ChangeRoutes.body(
        changes.propose(
            ShreddingChange.SHRED,
            shredding.subject(),
            shredding.content(),
            request.session().person(),
            request.address()));
  }
}
