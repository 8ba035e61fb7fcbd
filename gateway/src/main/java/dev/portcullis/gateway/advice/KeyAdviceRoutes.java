package dev.portcullis.gateway.advice;

import dev.portcullis.gateway.admin.AdminRoutes;
import dev.portcullis.gateway.admin.OnlyAccount;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What could be better about an account's keys, for whoever asks. */
@Component
final class KeyAdviceRoutes implements AdminRoutes {

  private static final Shape OF_ACCOUNT = Shape.of(Param.id("account"));

  private final KeyAdvisor advisor;
  private final OnlyAccount accounts;

  KeyAdviceRoutes(KeyAdvisor advisor, OnlyAccount accounts) {
    this.advisor = advisor;
    this.accounts = accounts;
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.get("/admin/v1/key_advice", Right.READ_KEYS, OF_ACCOUNT, this::advise));
  }

  private Map<String, ? extends @Nullable Object> advise(AdminRequest request) {
    String account = accounts.of(request.arguments());
    return Map.of(
        "object",
        "list",
        "data",
        advisor.advise(account).stream().map(KeyReminders::snapshot).toList());
  }
}
