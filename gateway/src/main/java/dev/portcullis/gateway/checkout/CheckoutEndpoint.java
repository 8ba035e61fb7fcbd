package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.checkout.CheckoutUrls.LinkVisit;
import dev.portcullis.gateway.checkout.CheckoutUrls.Visit;
import dev.portcullis.gateway.http.Answer;
import dev.portcullis.gateway.http.Strangers;
import dev.portcullis.gateway.limits.Errand;
import dev.portcullis.gateway.limits.LimitReached;
import dev.portcullis.gateway.pages.PolicyReports;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.log.RequestScope;
import dev.portcullis.wire.net.ClientAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * {@code /checkout/...}: the hosted page of a session, what it is made of, and what its script
 * asks. There is no key; who knows the address was given it.
 */
@Component
public final class CheckoutEndpoint implements RouterFunction<ServerResponse> {

  /** What a browser asks for beside each page. */
  private static final String ICON = "/favicon.ico";

  /** The routes, as the file of routes names them: method and path in turn. */
  public static final List<String> ROUTES =
      List.of(
          "GET " + Asset.PATH + "{hash}/{name}",
          "GET " + CheckoutUrls.PAGE + "{account}/{session}/{hash}",
          "GET " + CheckoutUrls.PAGE + "{account}/{session}/{hash}/return",
          "GET " + CheckoutUrls.PAGE + "{account}/{session}/{hash}/status",
          "POST " + CheckoutUrls.PAGE + "{account}/{session}/{hash}/pay",
          "GET " + CheckoutUrls.LINK + "{account}/{link}/{hash}",
          "POST " + CheckoutUrls.LINK + "{account}/{link}/{hash}",
          "GET " + Brandings.LOGO + "{account}/{mode}/{picture}",
          "GET " + PageInventory.PATH,
          "GET " + SamplePages.PAYMENT,
          "GET " + SamplePages.RETURN,
          "POST " + PageHeaders.REPORTS,
          "GET " + ICON);

  private static final Logger LOG = Logger.getLogger(CheckoutEndpoint.class.getName());

  private static final Pattern LOGO =
      Pattern.compile(Brandings.LOGO + "(acct_[0-9A-Za-z]{1,64})/(test|live)/([0-9a-f]{32})");

  /** What a shopper can enter, several times over. */
  private static final int MAX_BODY = 16 << 10;

  private final CheckoutUrls urls;
  private final CheckoutDesk desk;
  private final LinkDesk links;
  private final HostedPages pages;
  private final PageHeaders headers;
  private final PageInventory inventory;
  private final SamplePages samples;
  private final PolicyReports reports;
  private final Strangers strangers;
  private final Ids ids;

  CheckoutEndpoint(
      CheckoutUrls urls,
      CheckoutDesk desk,
      LinkDesk links,
      HostedPages pages,
      PageHeaders headers,
      PageInventory inventory,
      SamplePages samples,
      PolicyReports reports,
      Strangers strangers,
      Ids ids) {
    this.urls = urls;
    this.desk = desk;
    this.links = links;
    this.pages = pages;
    this.headers = headers;
    this.inventory = inventory;
    this.samples = samples;
    this.reports = reports;
    this.strangers = strangers;
    this.ids = ids;
  }

  @Override
  public Optional<HandlerFunction<ServerResponse>> route(ServerRequest request) {
    String path = request.path();
    if (path.equals(ICON) && request.method().name().equals("GET")) {
      return Optional.of(each -> within(each.servletRequest(), _ -> noIcon()));
    }
    if (!path.startsWith(CheckoutUrls.PAGE)) {
      return Optional.empty();
    }
    return switch (request.method().name()) {
      case "GET" ->
          Optional.of(
              path.startsWith(Asset.PATH)
                  ? each -> asset(each.servletRequest())
                  : each -> within(each.servletRequest(), this::get));
      case "POST" ->
          Optional.of(
              path.equals(PageHeaders.REPORTS)
                  ? each -> report(each.servletRequest())
                  : each -> within(each.servletRequest(), this::post));
      default -> Optional.empty();
    };
  }

  /** What a handler needs of a request. */
  private record Call(
      HttpServletRequest http, String requestId, InetAddress address, Words fallback) {}

  @FunctionalInterface
  private interface Work {
    Answer of(Call call) throws IOException;
  }

  private Answer within(HttpServletRequest http, Work work) {
    String requestId = ids.next("req");
    return RequestScope.call(
        requestId,
        () -> {
          Answer answer = guarded(http, requestId, work);
          answer.fields().put("Request-Id", requestId);
          return answer;
        });
  }

  private Answer guarded(HttpServletRequest http, String requestId, Work work) {
    Words words = Words.of(null, http.getHeader("Accept-Language"));
    try {
      InetAddress address = strangers.admit(http, Errand.PAGE);
      return work.of(new Call(http, requestId, address, words));
    } catch (LimitReached e) {
      Answer answer = failed(http, e.error().status(), words, "ended.slow", "error.slow");
      answer.fields().put("Retry-After", Long.toString(e.retryAfterSeconds()));
      return answer;
    } catch (ApiException e) {
      LOG.log(Level.FINE, "a page's request was refused", e);
      return failed(http, e.error().status(), words, "ended.slow", "error.again");
    } catch (IOException | DataAccessException e) {
      LOG.log(Level.WARNING, "a page could not be served: " + requestId, e);
      return failed(http, 503, words, "ended.slow", "error.again");
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, "a page could not be served: " + requestId, e);
      return failed(http, 500, words, "ended.slow", "error.again");
    }
  }

  /**
   * A page for whoever looks at one. A script is told to ask how things stand: what it sent may
   * have been done.
   */
  private Answer failed(
      HttpServletRequest http, int status, Words words, String heading, String sentence) {
    return http.getMethod().equals("POST") && status < 500
        ? json(status, Map.of("state", "open", "message", words.text(sentence)))
        : page(http, status, "ended", words, Branding.PLAIN, plain(words, heading));
  }

  private static Map<String, @Nullable Object> plain(Words words, String heading) {
    Map<String, @Nullable Object> model = new LinkedHashMap<>();
    model.put("heading", words.text(heading));
    model.put("text", words.text(heading + ".text"));
    return model;
  }

  private Answer asset(HttpServletRequest http) {
    Optional<Asset> asset = pages.asset(http.getRequestURI());
    if (asset.isEmpty()) {
      Words words = Words.of(null, http.getHeader("Accept-Language"));
      return page(http, 404, "ended", words, Branding.PLAIN, plain(words, "ended.nothing"));
    }
    boolean gzip = takesGzip(http);
    return new Answer(
        200,
        PageHeaders.forEver(asset.get().type(), gzip),
        gzip ? asset.get().file().gzipped() : asset.get().file().bytes());
  }

  /** Whoever sends it is told nothing: a browser asks for nothing. */
  private Answer report(HttpServletRequest http) {
    try {
      InetAddress address = strangers.admit(http, Errand.REPORT);
      return strangers.withBody(
          http,
          address,
          MAX_BODY,
          body -> {
            reports.take(body, CheckoutUrls::pageOf, ClientAddress.network(address));
            return nothing(204);
          });
    } catch (LimitReached e) {
      return nothing(e.error().status());
    } catch (ApiException e) {
      return nothing(e.error().status());
    } catch (IOException e) {
      LOG.log(Level.FINE, "a report broke off", e);
      return nothing(400);
    }
  }

  /** There is none, and to say so by 404 would stand in the console of each page as an error. */
  private static Answer noIcon() {
    Answer answer = nothing(204);
    answer.fields().put("Cache-Control", "public, max-age=86400");
    return answer;
  }

  private static Answer nothing(int status) {
    return new Answer(status, new LinkedHashMap<>(), new byte[0]);
  }

  private Answer logo(Call call) {
    Matcher parts = LOGO.matcher(call.http.getRequestURI());
    Optional<Logo> logo =
        parts.matches()
            ? desk.logo(parts.group(1), parts.group(2).equals("live"), parts.group(3))
            : Optional.empty();
    return logo.isEmpty()
        ? nothing(call)
        : new Answer(200, PageHeaders.forEver(logo.get().type(), false), logo.get().file().bytes());
  }

  private Answer get(Call call) {
    if (call.http.getRequestURI().startsWith(Brandings.LOGO)) {
      return logo(call);
    }
    if (call.http.getRequestURI().startsWith(CheckoutUrls.LINK)) {
      return shown(
          call,
          urls.readLink(call.http.getRequestURI())
              .flatMap(link -> links.page(link, call.http.getHeader("Accept-Language"))));
    }
    if (call.http.getRequestURI().equals(PageInventory.PATH)) {
      return json(200, inventory.shown());
    }
    Optional<Answer> sample =
        samples.at(call.http.getRequestURI(), call.fallback, takesGzip(call.http));
    if (sample.isPresent()) {
      return sample.get();
    }
    Optional<Visit> visit = urls.read(call.http.getRequestURI());
    String rest = visit.map(Visit::rest).orElse("/");
    return switch (rest) {
      case "" -> page(call, visit.orElseThrow());
      case "/status" -> standing(call, visit.orElseThrow());
      case "/return" -> returned(call, visit.orElseThrow());
      default -> nothing(call);
    };
  }

  private Answer nothing(Call call) {
    return page(
        call.http,
        404,
        "ended",
        call.fallback,
        Branding.PLAIN,
        plain(call.fallback, "ended.nothing"));
  }

  private Answer page(Call call, Visit visit) {
    return shown(call, desk.page(visit, call.http.getHeader("Accept-Language")));
  }

  private Answer shown(Call call, Optional<CheckoutDesk.Page> found) {
    if (found.isEmpty()) {
      return nothing(call);
    }
    CheckoutDesk.Page page = found.get();
    return page(call.http, 200, page.template(), page.words(), page.branding(), page.model());
  }

  private Answer standing(Call call, Visit visit) {
    return json(200, desk.standing(visit, call.http.getHeader("Accept-Language")).told());
  }

  /** Where a challenge leads back to; what came of it the page asks for. */
  private Answer returned(Call call, Visit visit) {
    Map<String, @Nullable Object> model = new LinkedHashMap<>();
    model.put("page", visit.page());
    model.put("backLabel", call.fallback.text("link.continue"));
    boolean gzip = takesGzip(call.http);
    byte[] html = pages.render("return", call.fallback, Branding.PLAIN, model);
    return new Answer(200, headers.framed(gzip), gzip ? HostedPages.packed(html) : html);
  }

  private Answer post(Call call) throws IOException {
    String path = call.http.getRequestURI();
    Optional<Visit> visit = urls.read(path).filter(each -> each.rest().equals("/pay"));
    Optional<LinkVisit> link = urls.readLink(path);
    if (visit.isEmpty() && link.isEmpty()) {
      return nothing(call);
    }
    if (!isOwn(call.http)) {
      throw new ApiException(ApiErrors.forbidden("Only the page itself may pay."));
    }
    return visit.isEmpty()
        ? begin(call, link.orElseThrow())
        : strangers.withBody(
            call.http, call.address, MAX_BODY, body -> pay(call, visit.get(), body));
  }

  private Answer begin(Call call, LinkVisit link) {
    Optional<String> session = links.begin(link, call.address);
    if (session.isEmpty()) {
      return shown(call, links.page(link, call.http.getHeader("Accept-Language")));
    }
    Answer answer = nothing(303);
    answer.fields().put("Location", session.get());
    return answer;
  }

  private Answer pay(Call call, Visit visit, byte[] body) {
    CheckoutDesk.Standing standing =
        desk.pay(
            visit,
            new CheckoutDesk.Sent(
                call.http.getContentType(),
                body,
                call.address,
                call.requestId,
                strangers.sender(call.http)),
            call.http.getHeader("Accept-Language"));
    return json(200, standing.told());
  }

  /**
   * Whether the page itself asks. Browsers say so in one way or the other with every POST (Fetch
   * Metadata; RFC 6454), and what is no browser has no reason to ask here.
   */
  private boolean isOwn(HttpServletRequest http) {
    String origin = http.getHeader("Origin");
    String site = http.getHeader("Sec-Fetch-Site");
    boolean sameSite = site == null || site.equals("same-origin");
    // A form of a page that sends no referrer names no origin either.
    boolean unnamed = origin == null || origin.equals("null");
    return unnamed ? "same-origin".equals(site) : sameSite && urls.origin().equals(origin);
  }

  private Answer page(
      HttpServletRequest http,
      int status,
      String template,
      Words words,
      Branding branding,
      Map<String, ? extends @Nullable Object> model) {
    boolean gzip = takesGzip(http);
    byte[] html = pages.render(template, words, branding, model);
    return new Answer(status, headers.page(gzip), gzip ? HostedPages.packed(html) : html);
  }

  private static Answer json(int status, Map<String, ? extends @Nullable Object> body) {
    return new Answer(status, new LinkedHashMap<>(), Json.write(body));
  }

  private static boolean takesGzip(HttpServletRequest http) {
    String accepted = http.getHeader("Accept-Encoding");
    return accepted != null
        && Stream.of(accepted.toLowerCase(Locale.ROOT).split(",", -1))
            .map(String::strip)
            .anyMatch(each -> each.equals("gzip") || each.startsWith("gzip;q=1"));
  }
}
