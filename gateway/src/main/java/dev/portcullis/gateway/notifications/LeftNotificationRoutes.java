package dev.portcullis.gateway.notifications;

import dev.portcullis.gateway.admin.AdminRoutes;
import dev.portcullis.gateway.admin.OnlyAccount;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.notifications.NotificationStore.Left;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Notifications of providers that are left to a person: which there are, and that one has been seen
 * to. Closing one changes nothing else.
 *
 * <p>Errors: 400 {@code resource_missing}.
 */
final class LeftNotificationRoutes implements AdminRoutes {

  private static final String PATH = "/admin/v1/notifications";
  private static final int SHOWN = 100;
  private static final Param ACCOUNT = Param.id("account");
  private static final Shape LIST = Shape.of(ACCOUNT, Param.bool("livemode"));
  private static final Shape CLOSE = Shape.of(ACCOUNT, Param.string("reason").max(500).required());

  private final NotificationStore store;
  private final OnlyAccount accounts;
  private final AuditTrail audit;
  private final TransactionTemplate transactions;

  LeftNotificationRoutes(
      NotificationStore store,
      OnlyAccount accounts,
      AuditTrail audit,
      TransactionTemplate transactions) {
    this.store = store;
    this.accounts = accounts;
    this.audit = audit;
    this.transactions = transactions;
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.get(PATH, Right.READ_PROVIDERS, LIST, this::list),
        AdminRoute.post(PATH + "/{id}/close", Right.RECONCILE, CLOSE, this::close));
  }

  private Map<String, ? extends @Nullable Object> list(AdminRequest request) {
    Arguments sent = request.arguments();
    List<Left> left = store.left(accounts.of(sent), sent.isTrue("livemode"), SHOWN + 1);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "list");
    body.put("data", left.stream().limit(SHOWN).map(LeftNotificationRoutes::body).toList());
    body.put("has_more", left.size() > SHOWN);
    return body;
  }

  private static Map<String, @Nullable Object> body(Left left) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("id", left.id());
    body.put("object", "provider_notification");
    body.put("provider", left.provider());
    body.put("received", left.received().getEpochSecond());
    body.put("why", left.why());
    return body;
  }

  private Map<String, ? extends @Nullable Object> close(AdminRequest request) {
    Arguments sent = request.arguments();
    String account = accounts.of(sent);
    String id = request.variable("id");
    transactions.executeWithoutResult(
        _ -> {
          if (!store.close(account, id)) {
            throw new ApiException(
                ApiErrors.noSuch("notification that waits for a person", id, "id"));
          }
          audit.append(
              new Actor(request.session().person(), request.address()),
              "notification.closed",
              account,
              id,
              sent.requiredString("reason"));
        });
    return Map.of("object", "provider_notification", "id", id, "closed", true);
  }
}
