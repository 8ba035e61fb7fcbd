package dev.portcullis.gateway.checkout;

import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.fields.FieldsScript;
import dev.portcullis.wire.http.StaticFile;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/** Renders the hosted pages and knows the scripts and styles that they have. */
@Component
final class HostedPages {

  private static final String JAVASCRIPT = "text/javascript; charset=utf-8";
  private static final String CSS = "text/css; charset=utf-8";
  private static final Pattern BRAND =
      Pattern.compile(Asset.PATH + "[0-9a-f]{32}/brand-([0-9a-f]{6})-([0-9]{1,2})\\.css");

  private final SpringTemplateEngine engine = new SpringTemplateEngine();
  private final Map<String, Asset> assets;
  private final Map<String, String> paths = new HashMap<>();
  private final Map<String, String> hashes = new HashMap<>();
  private final String cardsUrl;

  HostedPages(ZoneConfig config) {
    this.cardsUrl = config.string("cards-url");
    ClassLoaderTemplateResolver templates = new ClassLoaderTemplateResolver();
    templates.setPrefix("checkout/");
    templates.setSuffix(".html");
    templates.setCharacterEncoding("UTF-8");
    engine.setTemplateResolver(templates);
    assets =
        Stream.of(
                new Asset("portcullis.js", FieldsScript.TYPE, FieldsScript.file()),
                own("checkout.css", CSS),
                own("checkout.js", JAVASCRIPT),
                own("return.js", JAVASCRIPT))
            .collect(Collectors.toUnmodifiableMap(Asset::path, asset -> asset));
    assets
        .values()
        .forEach(
            asset -> {
              paths.put(asset.name(), asset.path());
              hashes.put(asset.name(), asset.file().integrity());
            });
  }

  private static Asset own(String name, String type) {
    return new Asset(name, type, StaticFile.ofResources(HostedPages.class, "/checkout/" + name));
  }

  /** Where the cards origin is, as the page's script needs it. */
  String cardsUrl() {
    return cardsUrl;
  }

  /** The script or stylesheet at that path. */
  Optional<Asset> asset(String path) {
    Matcher brand = BRAND.matcher(path);
    if (brand.matches()) {
      int radius = Math.min(Integer.parseInt(brand.group(2)), Branding.MAX_RADIUS);
      return Optional.of(style(new Branding(null, brand.group(1), radius, null)));
    }
    return Optional.ofNullable(assets.get(path));
  }

  /** The script or stylesheet of that name. */
  Asset named(String name) {
    return Objects.requireNonNull(assets.get(paths.get(name)));
  }

  /** All that a page with that look names. */
  List<Asset> all(Branding branding) {
    return Stream.concat(assets.values().stream(), Stream.of(style(branding))).toList();
  }

  private static Asset style(Branding branding) {
    String name = "brand-%s-%d.css".formatted(branding.color(), branding.radius());
    return new Asset(name, CSS, StaticFile.of(branding.css().getBytes(StandardCharsets.UTF_8)));
  }

  /** A body packed, for whoever takes it so. */
  static byte[] packed(byte[] body) {
    return StaticFile.of(body).gzipped();
  }

  /**
   * A page.
   *
   * @param template its name
   * @param words what it says
   * @param model what it shows; the template escapes every text
   */
  byte[] render(
      String template,
      Words words,
      Branding branding,
      Map<String, ? extends @Nullable Object> model) {
    Context context = new Context(Locale.ROOT);
    context.setVariable("asset", paths);
    context.setVariable("sri", hashes);
    Asset style = style(branding);
    context.setVariable("brandStyle", style.path());
    context.setVariable("brandSri", style.file().integrity());
    context.setVariable("logo", branding.logo());
    context.setVariable("lang", words.tag());
    context.setVariable("t", words.texts());
    model.forEach(context::setVariable);
    return engine.process(template, context).getBytes(StandardCharsets.UTF_8);
  }
}
