package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.admin.AdminRoutes;
import dev.portcullis.gateway.admin.OnlyAccount;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.pages.WatchedPage.Standing;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.egress.ForeignUrl;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Which of merchants' own pages are watched.
 *
 * <p>Errors: 400 {@code url_invalid}, {@code too_many_pages}, {@code page_not_removable}, {@code
 * resource_missing}.
 */
@Component
final class WatchedPageRoutes implements AdminRoutes {

  /** Of one account. */
  private static final int MOST = 20;

  private static final int NOTE = 500;
  private static final Shape WATCH =
      Shape.of(
          Param.id("account"),
          Param.bool("livemode"),
          Param.url("url").required(),
          Param.string("note").max(NOTE));

  private final PageStore store;
  private final OnlyAccount accounts;
  private final AuditTrail audit;
  private final TransactionTemplate transactions;
  private final Ids ids;
  private final InstantSource clock;
  private final boolean sandbox;

  WatchedPageRoutes(
      PageStore store,
      OnlyAccount accounts,
      AuditTrail audit,
      TransactionTemplate transactions,
      Ids ids,
      InstantSource clock,
      ZoneConfig config) {
    this.store = store;
    this.accounts = accounts;
    this.audit = audit;
    this.transactions = transactions;
    this.ids = ids;
    this.clock = clock;
    this.sandbox = config.bool("sandbox");
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.post(PageRoutes.PAGES, Right.MANAGE_PAGES, WATCH, this::watch),
        AdminRoute.delete(
            PageRoutes.PAGES + "/{id}", Right.MANAGE_PAGES, Shape.of(), this::unwatch));
  }

  private static Actor actor(AdminRequest request) {
    return new Actor(request.session().person(), request.address());
  }

  private Map<String, ? extends @Nullable Object> watch(AdminRequest request) {
    Arguments sent = request.arguments();
    String account = accounts.of(sent);
    boolean livemode = sent.isTrue("livemode");
    URI url = sent.url("url").orElseThrow();
    if (ForeignUrl.judge(url, sandbox && !livemode)
        instanceof ForeignUrl.Judgement.Refused(String why)) {
      throw refused("url", "url_invalid", "Invalid URL of a page: " + why + ".");
    }
    if (store.list().stream().filter(each -> each.account().equals(account)).count() >= MOST) {
      throw refused(
          "url", "too_many_pages", "An account has %d watched pages at most.".formatted(MOST));
    }
    WatchedPage page =
        new WatchedPage(
            account,
            livemode,
            ids.next("page"),
            clock.instant(),
            url,
            sent.string("note").orElse(""),
            Standing.NEW);
    transactions.executeWithoutResult(
        _ -> {
          store.add(page, actor(request).name());
          audit.append(actor(request), "page.watched", account, page.id(), url.toString());
        });
    return PageBodies.of(page);
  }

  private Map<String, ? extends @Nullable Object> unwatch(AdminRequest request) {
    WatchedPage page = store.named(request.variable("id"));
    if (page.isOwn()) {
      throw refused("id", "page_not_removable", "The system's own pages are always watched.");
    }
    transactions.executeWithoutResult(
        _ -> {
          store.remove(page);
          audit.append(
              actor(request), "page.unwatched", page.account(), page.id(), page.url().toString());
        });
    return Map.of("object", "watched_page", "id", page.id(), "deleted", true);
  }

  private static ApiException refused(String param, String code, String message) {
    return new ApiException(ApiErrors.invalid(param, code, message));
  }
}
