package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.admin.AdminRoutes;
import dev.portcullis.gateway.pages.PolicyReports.Kept;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What browsers reported of the hosted pages, for people. */
@Component
final class PageReportRoutes implements AdminRoutes {

  private final PolicyReports reports;

  PageReportRoutes(PolicyReports reports) {
    this.reports = reports;
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.get("/admin/v1/pages/reports", Right.READ_PAGES, Shape.of(), this::list));
  }

  private Map<String, ? extends @Nullable Object> list(AdminRequest request) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "list");
    body.put("data", reports.newest().stream().map(PageReportRoutes::body).toList());
    return body;
  }

  private static Map<String, @Nullable Object> body(Kept kept) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "page_report");
    body.put("page", kept.page());
    body.put("directive", kept.directive());
    body.put("blocked", kept.blocked());
    body.put("count", kept.count());
    body.put("first", kept.first().getEpochSecond());
    body.put("last", kept.last().getEpochSecond());
    return body;
  }
}
