package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.http.Strangers;
import dev.portcullis.gateway.limits.Errand;
import dev.portcullis.gateway.limits.LimitReached;
import dev.portcullis.wire.fields.FieldsScript;
import dev.portcullis.wire.http.StaticFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * {@code GET /redirect/framed}: where a challenge ends that a page shows in a frame. It tells the
 * page around it that it is over, and nothing else; so it may stand in any page.
 */
public final class FramedReturn implements RouterFunction<ServerResponse> {

  /** The page's route. */
  public static final String PAGE = ReturnUrls.PATH + "framed";

  /** The route of its script. */
  public static final String SCRIPT = PAGE + ".js";

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors"
          + " http: https:; require-trusted-types-for 'script'; trusted-types 'none'";

  private static final String HTML =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>Payment</title>
      <script src="${script}" integrity="${integrity}" defer></script>
      <main><h1>Thank you</h1><p>You can close this page.</p></main>
      </html>
      """;

  private final Strangers strangers;
  private final StaticFile script = StaticFile.ofResources(FramedReturn.class, "framed.js");
  private final StaticFile page =
      StaticFile.of(
          HTML.replace("${script}", SCRIPT)
              .replace("${integrity}", script.integrity())
              .getBytes(StandardCharsets.UTF_8));

  /**
   * @param strangers bounds how often one address may come
   */
  public FramedReturn(Strangers strangers) {
    this.strangers = strangers;
  }

  /** Whether that address is this page, whatever its origin. */
  static boolean isAt(String returnUrl) {
    return PAGE.equals(URI.create(returnUrl).getPath());
  }

  @Override
  public Optional<HandlerFunction<ServerResponse>> route(ServerRequest request) {
    return switch (request.method().name() + " " + request.path()) {
      case "GET " + PAGE -> Optional.of(each -> answer(each, page, "text/html; charset=utf-8"));
      case "GET " + SCRIPT -> Optional.of(each -> answer(each, script, FieldsScript.TYPE));
      default -> Optional.empty();
    };
  }

  private ServerResponse answer(ServerRequest request, StaticFile file, String type) {
    try {
      strangers.admit(request.servletRequest(), Errand.RETURN);
    } catch (LimitReached e) {
      return ServerResponse.status(HttpStatus.TOO_MANY_REQUESTS).build();
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", type);
    headers.put("Content-Security-Policy", POLICY);
    headers.put("Cross-Origin-Resource-Policy", "cross-origin");
    return ServerResponse.ok()
        .build(
            (_, response) -> {
              // In the place of what every answer has.
              headers.forEach(response::setHeader);
              response.getOutputStream().write(file.bytes());
              return null;
            });
  }
}
