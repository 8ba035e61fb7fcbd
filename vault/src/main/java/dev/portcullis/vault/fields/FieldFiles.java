package dev.portcullis.vault.fields;

import dev.portcullis.wire.fields.FieldsScript;
import dev.portcullis.wire.http.StaticFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a browser loads from the cards origin, made once: the library, the frames' pages,
 * their script and their style. The same for everybody, so that nothing of a request can get into
 * what a card is typed into.
 */
public final class FieldFiles {

  /** Where the library is. */
  public static final String LIBRARY = "/v1/portcullis.js";

  /** Before a frame's kind. */
  public static final String FRAMES = "/fields/";

  /** Where a frame's violations of its policy are reported. */
  public static final String REPORTS = FRAMES + "reports";

  /** What can be typed in one frame: a whole card or one of its parts. */
  static final List<String> KINDS = List.of("card", "number", "expiry", "cvc");

  private static final String ASSETS = FRAMES + "assets/";
  private static final String FOR_EVER = "public, max-age=31536000, immutable";

  /** Long enough to be of use, short enough that a mended library is soon everywhere. */
  private static final String FIVE_MINUTES = "public, max-age=300";

  /** Asked for anew each time, and sent only when it has changed. */
  private static final String ASK = "no-cache";

  /**
   * What a frame may do: its own script and style, requests to its own origin, nothing else (PCI
   * DSS 6.4.3). Any page may frame it: shops are many and their origins are nobody's list here, and
   * a page that frames it sees nothing of what is typed.
   */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri"
          + " 'none'; form-action 'none'; frame-ancestors http: https:; require-trusted-types-for"
          + " 'script'; trusted-types 'none'; report-uri "
          + REPORTS
          + "; report-to csp";

  private static final String NO_FEATURES =
      "accelerometer=(), autoplay=(), camera=(), clipboard-read=(),"
          + " display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(),"
          + " hid=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(),"
          + " screen-wake-lock=(), serial=(), usb=()";

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en" data-kind="${kind}" data-api="${api}" data-theme="light">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="robots" content="noindex">
      <title>Card</title>
      <link rel="stylesheet" href="${style}" integrity="${styleIntegrity}">
      <script src="${script}" integrity="${scriptIntegrity}" defer></script>
      </head>
      <body></body>
      </html>
      """;

  /**
   * A file and its header fields, but for those that depend on the request.
   *
   * @param headers by name
   */
  public record Served(StaticFile file, Map<String, String> headers) {
    public Served {
      headers = Map.copyOf(headers);
    }
  }

  private final Map<String, Served> byPath = new LinkedHashMap<>();

  /**
   * @param apiUrl where pages reach the API, which a frame tells its page; null where nobody said
   */
  public FieldFiles(@Nullable URI apiUrl) {
    StaticFile library = FieldsScript.file();
    byPath.put(LIBRARY, library(library, FIVE_MINUTES));
    byPath.put("/v1/portcullis-" + library.hash() + ".js", library(library, FOR_EVER));
    StaticFile script =
        StaticFile.ofResources(FieldFiles.class, "format.js", "texts.js", "fields.js");
    StaticFile style = StaticFile.ofResources(FieldFiles.class, "fields.css");
    String scriptPath = ASSETS + script.hash() + ".js";
    String stylePath = ASSETS + style.hash() + ".css";
    byPath.put(scriptPath, asset(script, FieldsScript.TYPE));
    byPath.put(stylePath, asset(style, "text/css; charset=utf-8"));
    for (String kind : KINDS) {
      String page =
          PAGE.replace("${kind}", kind)
              .replace("${api}", apiUrl == null ? "" : escaped(apiUrl.toString()))
              .replace("${style}", stylePath)
              .replace("${styleIntegrity}", style.integrity())
              .replace("${script}", scriptPath)
              .replace("${scriptIntegrity}", script.integrity());
      byPath.put(FRAMES + kind, frame(page));
    }
  }

  /** Readable for every page: a script with a hash to be checked is fetched by CORS. */
  private static Served library(StaticFile file, String cache) {
    return new Served(
        file,
        Map.of(
            "Content-Type",
            FieldsScript.TYPE,
            "Cache-Control",
            cache,
            "Access-Control-Allow-Origin",
            "*",
            "Cross-Origin-Resource-Policy",
            "cross-origin"));
  }

  private static Served asset(StaticFile file, String type) {
    return new Served(
        file,
        Map.of(
            "Content-Type", type,
            "Cache-Control", FOR_EVER,
            "Cross-Origin-Resource-Policy", "same-origin"));
  }

  private static Served frame(String page) {
    return new Served(
        StaticFile.of(page.getBytes(StandardCharsets.UTF_8)),
        Map.of(
            "Content-Type",
            "text/html; charset=utf-8",
            "Cache-Control",
            ASK,
            "Content-Security-Policy",
            POLICY,
            "Cross-Origin-Resource-Policy",
            "cross-origin",
            "Origin-Agent-Cluster",
            "?1",
            "Permissions-Policy",
            NO_FEATURES,
            "Reporting-Endpoints",
            "csp=\"" + REPORTS + "\""));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
  }

  /** What is there, if anything. */
  public Optional<Served> find(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  /** All paths, for whoever lists what is open to everybody. */
  public List<String> paths() {
    return List.copyOf(byPath.keySet());
  }
}
