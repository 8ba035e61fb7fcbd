package dev.portcullis.gateway.recovery;

import dev.portcullis.gateway.admin.AdminRoutes;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.recovery.RecoveryStore.Standing;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Lets payments go on after a restore: a person says so, by name and with two factors, and says how
 * many differences they accept, so that nobody accepts what was found after they looked.
 *
 * <p>Errors: 400 {@code not_paused}, {@code not_reconciled}, {@code differences_not_accepted}.
 */
@Component
final class RecoveryRoutes implements AdminRoutes {

  private static final String ACCEPTED = "accepted_differences";
  private static final Shape RESUME = Shape.of(Param.integer(ACCEPTED).range(0, Long.MAX_VALUE));

  private final RecoveryStore store;
  private final AuditTrail audit;
  private final TransactionTemplate transactions;

  RecoveryRoutes(RecoveryStore store, AuditTrail audit, TransactionTemplate transactions) {
    this.store = store;
    this.audit = audit;
    this.transactions = transactions;
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.post("/admin/v1/payments/resume", Right.RESUME_PAYMENTS, RESUME, this::resume));
  }

  private Map<String, ? extends @Nullable Object> resume(AdminRequest request) {
    OptionalLong accepted = request.arguments().integer(ACCEPTED);
    transactions.executeWithoutResult(
        _ -> {
          Standing standing = store.lock().orElseThrow(RecoveryRoutes::notPaused);
          requireAccepted(standing, accepted);
          store.resume(standing.id());
          audit.append(
              new Actor(request.session().person(), request.address()),
              "recovery.resume",
              "",
              standing.id(),
              standing.differences() == 0
                  ? "nothing differs"
                  : standing.differences() + " differences accepted");
        });
    return Map.of("object", "payments", "paused", false);
  }

  private static void requireAccepted(Standing standing, OptionalLong accepted) {
    if (!standing.state().equals("reconciled")) {
      throw refused(
          null, "not_reconciled", "Reconcile first: the providers may know later payments.");
    }
    if (accepted.orElse(0) != standing.differences()) {
      throw refused(
          ACCEPTED,
          "differences_not_accepted",
          "There are %d differences, and a person has to accept exactly so many: look at them with reconcile."
              .formatted(standing.differences()));
    }
  }

  private static ApiException notPaused() {
    return refused(null, "not_paused", "Payments are not paused.");
  }

  private static ApiException refused(@Nullable String param, String code, String message) {
    return new ApiException(
        param == null
            ? ApiErrors.badRequest(message).withCode(code)
            : ApiErrors.invalid(param, code, message));
  }
}
