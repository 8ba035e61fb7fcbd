package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.http.Strangers;
import dev.portcullis.gateway.limits.Errand;
import dev.portcullis.gateway.limits.LimitReached;
import dev.portcullis.wire.fields.FieldsScript;
import dev.portcullis.wire.http.StaticFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
      <html lang="${language}">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>${title}</title>
      <script src="${script}" integrity="${integrity}" defer></script>
      <main><h1>${heading}</h1><p>${text}</p></main>
      </html>
      """;

  private record Words(String title, String heading, String text) {}

  /** The languages of the payment page; whoever asks for no other is spoken to in the first. */
  private static final Map<String, Words> WORDS = words();

  private static final int LONGEST_WISH = 200;

  private static Map<String, Words> words() {
    Map<String, Words> words = new LinkedHashMap<>();
    words.put("en", new Words("Payment", "Thank you", "You can close this page."));
    words.put("de", new Words("Zahlung", "Vielen Dank", "Sie können diese Seite schließen."));
    words.put("fr", new Words("Paiement", "Merci", "Vous pouvez fermer cette page."));
    words.put("es", new Words("Pago", "Gracias", "Puede cerrar esta página."));
    words.put("pt", new Words("Pagamento", "Obrigado", "Pode fechar esta página."));
    words.put("ja", new Words("お支払い", "ありがとうございます", "このページを閉じてください。"));
    return Collections.unmodifiableMap(words);
  }

  private final Strangers strangers;
  private final StaticFile script = StaticFile.ofResources(FramedReturn.class, "framed.js");
  private final Map<String, StaticFile> pages =
      WORDS.entrySet().stream()
          .collect(
              Collectors.toUnmodifiableMap(
                  Map.Entry::getKey, each -> page(each.getKey(), each.getValue())));

  private StaticFile page(String language, Words words) {
    return StaticFile.of(
        HTML.replace("${script}", SCRIPT)
            .replace("${integrity}", script.integrity())
            .replace("${language}", language)
            .replace("${title}", words.title)
            .replace("${heading}", words.heading)
            .replace("${text}", words.text)
            .getBytes(StandardCharsets.UTF_8));
  }

  private StaticFile page(@Nullable String wishes) {
    return Objects.requireNonNull(pages.get(language(wishes)));
  }

  /** The first language that is wished for and there is (RFC 4647, 3.4). */
  private static String language(@Nullable String wishes) {
    if (wishes != null && wishes.length() <= LONGEST_WISH) {
      try {
        String found = Locale.lookupTag(Locale.LanguageRange.parse(wishes), WORDS.keySet());
        return found == null ? "en" : found;
      } catch (IllegalArgumentException _) {
        // What is no list of languages asks for none.
      }
    }
    return "en";
  }

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
      case "GET " + PAGE ->
          Optional.of(
              each ->
                  answer(
                      each,
                      page(each.headers().firstHeader("Accept-Language")),
                      "text/html; charset=utf-8"));
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
    headers.put("Vary", "Accept-Language");
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
