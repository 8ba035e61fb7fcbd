package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.admin.AdminRoutes;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * How watched pages stand, looking at them now, and approving what is there.
 *
 * <p>Errors: 400 {@code resource_missing}, {@code page_not_seen}, {@code page_seen_differently},
 * {@code justification_missing}.
 */
@Component
final class PageRoutes implements AdminRoutes {

  static final String PAGES = "/admin/v1/watched_pages";

  private final PageStore store;
  private final Approvals approvals;
  private final PageCheck check;
  private final PageWatch watch;
  private final Approving approving;

  PageRoutes(
      PageStore store, Approvals approvals, PageCheck check, PageWatch watch, Approving approving) {
    this.store = store;
    this.approvals = approvals;
    this.check = check;
    this.watch = watch;
    this.approving = approving;
  }

  @Override
  public List<AdminRoute> routes() {
    Shape nothing = Shape.of();
    return List.of(
        AdminRoute.get(PAGES, Right.READ_PAGES, nothing, this::list),
        AdminRoute.get(PAGES + "/{id}", Right.READ_PAGES, nothing, this::show),
        AdminRoute.post(PAGES + "/{id}/check", Right.READ_PAGES, nothing, this::check),
        AdminRoute.post(
            PAGES + "/{id}/approve", Right.MANAGE_PAGES, Approving.SHAPE, this::approve));
  }

  private WatchedPage page(AdminRequest request) {
    return store.named(request.variable("id"));
  }

  private Map<String, ? extends @Nullable Object> list(AdminRequest request) {
    watch.say();
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "list");
    body.put("data", store.list().stream().map(PageBodies::of).toList());
    return body;
  }

  private Map<String, ? extends @Nullable Object> show(AdminRequest request) {
    WatchedPage page = page(request);
    Map<String, @Nullable Object> body = PageBodies.of(page);
    Inventory seen = page.standing().seen();
    body.put("items", seen == null ? List.of() : seen.json());
    body.put("approval", approvals.newest(page).map(PageBodies::of).orElse(null));
    return body;
  }

  private Map<String, ? extends @Nullable Object> check(AdminRequest request) {
    watch.say();
    return PageBodies.of(check.check(page(request)));
  }

  private Map<String, ? extends @Nullable Object> approve(AdminRequest request) {
    Actor actor = new Actor(request.session().person(), request.address());
    return PageBodies.of(approving.approve(actor, page(request), request.arguments()));
  }
}
