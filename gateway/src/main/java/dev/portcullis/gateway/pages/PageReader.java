package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.pages.Item.Kind;
import dev.portcullis.gateway.pages.PageUnread.Fault;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Reads a page as a browser's parser does, and takes down what of it runs, frames, sends, or
 * forbids that. What only a script makes when it runs is not seen; of scripts the bytes are.
 */
final class PageReader {

  /** A page with more is none that anybody could approve. */
  private static final int MOST = 500;

  private static final Set<String> DATA_BLOCKS = Set.of("application/json", "application/ld+json");

  /** What is no name in a module's import. */
  private static final Pattern ADDRESS =
      Pattern.compile("\\.{0,2}/|[a-z][a-z0-9+.-]*:", Pattern.CASE_INSENSITIVE);

  private static final Set<String> FETCHING =
      Set.of("modulepreload", "preload", "prefetch", "prerender", "import", "manifest");

  private static final List<String> FRAME_RIGHTS = List.of("allow", "csp", "sandbox");

  private static final Pattern CHARSET =
      Pattern.compile("charset=[\"']?([a-z0-9._:-]{1,40})", Pattern.CASE_INSENSITIVE);

  /** What a browser takes a file for. */
  enum Use {
    SCRIPT,
    MODULE,
    STYLES;

    private Kind kind() {
      return this == STYLES ? Kind.STYLESHEET : Kind.SCRIPT;
    }

    /** Which other files it has the browser load. */
    List<String> imports(String text) {
      return switch (this) {
        case SCRIPT -> List.of();
        case MODULE -> Imports.ofModule(text);
        case STYLES -> Imports.ofStyles(text);
      };
    }
  }

  /**
   * A file that a page names.
   *
   * @param hash of its bytes
   * @param url where it was in the end
   * @param imports the files that it names, as they stand in it
   */
  record File(String hash, URI url, List<String> imports) {
    File {
      imports = List.copyOf(imports);
    }
  }

  /** Gets what a page names. */
  @FunctionalInterface
  interface Resources {
    /**
     * Gets a file.
     *
     * @throws PageUnread if it cannot be got
     */
    File get(URI url, Use use) throws PageUnread;
  }

  private final URI url;
  private final boolean whole;
  private final Resources resources;
  private final List<Item> items = new ArrayList<>();

  /** What names of modules stand for (HTML, 8.1.5.2). */
  private final Map<String, String> names = new HashMap<>();

  private final Set<String> followed = new HashSet<>();

  private PageReader(URI url, boolean whole, Resources resources) {
    this.url = url;
    this.whole = whole;
    this.resources = resources;
  }

  /**
   * Reads a page.
   *
   * @param headers by lower-case name
   * @param whole whether it is the same for everybody, so that each byte counts
   * @throws PageUnread if it is too much
   */
  static Inventory read(
      URI url, Map<String, List<String>> headers, byte[] html, boolean whole, Resources resources)
      throws PageUnread {
    PageReader reader = new PageReader(url, whole, resources);
    reader.items.addAll(SecurityHeaders.items(headers));
    if (whole) {
      reader.items.add(new Item(Kind.DOCUMENT, url.getRawPath(), Hashes.sha384(html)));
    }
    Document document = parsed(url, charset(headers), html);
    document.select("script[type=importmap]").forEach(reader::names);
    for (Element element : document.getAllElements()) {
      reader.element(element);
      if (reader.items.size() > MOST) {
        throw new PageUnread(
            Fault.TOO_MANY, "it has more scripts, frames and forms than can be watched");
      }
    }
    return new Inventory(reader.items);
  }

  /**
   * What the header says goes before what the page says of itself: read in another encoding than
   * browsers read it in, a page can hide a script.
   */
  private static @Nullable String charset(Map<String, List<String>> headers) {
    Matcher named =
        CHARSET.matcher(String.join(",", headers.getOrDefault("content-type", List.of())));
    return named.find() && isKnown(named.group(1)) ? named.group(1) : null;
  }

  private static boolean isKnown(String charset) {
    try {
      return Charset.isSupported(charset);
    } catch (IllegalCharsetNameException _) {
      return false;
    }
  }

  /** In the given encoding, or else in the one that it names itself, or else in UTF-8. */
  private static Document parsed(URI url, @Nullable String charset, byte[] html) throws PageUnread {
    try {
      return Jsoup.parse(new ByteArrayInputStream(html), charset, url.toString());
    } catch (IOException e) {
      throw new PageUnread(Fault.UNREADABLE, "it cannot be parsed");
    }
  }

  private void element(Element element) {
    switch (element.normalName()) {
      case "script" -> script(element);
      case "style" -> {
        add(Kind.INLINE_STYLE, "style", Hashes.sha384(element.data()));
        follow(Use.STYLES, base(element), Imports.ofStyles(element.data()));
      }
      // A browser with scripting reads what is in it as text that ends at the first end tag, also
      // at
      // one within an attribute: what stands there may be the beginning of a script. Where each
      // byte
      // of the page counts, it is counted already.
      case "noscript" -> {
        if (!whole) {
          add(Kind.INLINE_SCRIPT, Hashes.sha384(element.outerHtml()), element.normalName());
        }
      }
      case "link" -> link(element);
      case "base" -> add(Kind.BASE, "href", element.attr("href"));
      case "iframe", "frame", "embed", "fencedframe" -> frame(element, "src");
      case "object" -> frame(element, "data");
      case "form" -> add(Kind.FORM, target(element, "action"), method(element));
      case "meta" -> meta(element);
      default -> {
        // The others do something by their attributes alone.
      }
    }
    for (Attribute attribute : element.attributes()) {
      attribute(element, attribute);
    }
  }

  private void add(Kind kind, String subject, String value) {
    items.add(new Item(kind, subject, value));
  }

  private void script(Element script) {
    String named =
        List.of("src", "href", "xlink:href").stream()
            .filter(script::hasAttr)
            .findFirst()
            .orElse("");
    String type = script.attr("type").strip().toLowerCase(Locale.ROOT);
    boolean module = type.equals("module");
    if (!named.isEmpty()) {
      // A type can keep a script from running, which may be one that guards the page.
      String how = script.hasAttr("nomodule") ? (type + " nomodule").strip() : type;
      if (!how.isEmpty()) {
        add(Kind.SCRIPT_TYPE, target(script, named), how);
      }
      fetched(module ? Use.MODULE : Use.SCRIPT, script, named);
    } else if (!script.data().isBlank() && !DATA_BLOCKS.contains(type)) {
      add(Kind.INLINE_SCRIPT, Hashes.sha384(script.data()), type.isEmpty() ? "script" : type);
      if (module) {
        follow(Use.MODULE, base(script), Imports.ofModule(script.data()));
      }
    }
  }

  private void fetched(Use use, Element element, String named) {
    String address = target(element, named);
    String integrity = element.attr("integrity").strip();
    String pinned = integrity.isEmpty() ? "" : ", pinned to " + integrity;
    if (address.regionMatches(true, 0, "data:", 0, "data:".length())) {
      add(use.kind(), "data:", Hashes.sha384(address) + pinned);
      return;
    }
    file(use, address, pinned);
  }

  /** What cannot be got is taken down too: somebody may have added it for just that. */
  private void file(Use use, String address, String pinned) {
    try {
      File file = resources.get(uri(address), use);
      add(use.kind(), address, file.hash() + pinned);
      follow(use, file.url(), file.imports());
    } catch (PageUnread e) {
      add(use.kind(), address, Item.missing(e) + pinned);
    }
  }

  /** Takes down what a file has the browser load, once. */
  private void follow(Use use, URI base, List<String> imports) {
    for (String named : imports) {
      if (items.size() > MOST) {
        return;
      }
      String address = use == Use.MODULE ? module(base, named) : resolved(base, named);
      if (!address.isEmpty() && followed.add(use + " " + address)) {
        file(use, address, "");
      }
    }
  }

  /** A name that is no address and stands for none loads nothing: the module is not run then. */
  private String module(URI base, String named) {
    String mapped = names.get(named);
    if (mapped == null) {
      mapped =
          names.entrySet().stream()
              .filter(each -> each.getKey().endsWith("/") && named.startsWith(each.getKey()))
              .max(Comparator.comparingInt(each -> each.getKey().length()))
              .map(each -> each.getValue() + named.substring(each.getKey().length()))
              .orElse(null);
    }
    if (mapped != null) {
      return mapped;
    }
    return ADDRESS.matcher(named).lookingAt() ? resolved(base, named) : "";
  }

  private void names(Element map) {
    try {
      if (Json.readObject(map.data()).get("imports") instanceof Map<?, ?> imports) {
        imports.forEach(
            (name, address) ->
                names.put(String.valueOf(name), resolved(base(map), String.valueOf(address))));
      }
    } catch (MalformedJsonException _) {
      // Browsers leave it out as well.
    }
  }

  /** Whole and without its fragment; empty for one that is none. */
  private static String resolved(URI base, String named) {
    String whole =
        new Element(Tag.valueOf("a"), base.toString()).attr("href", named).absUrl("href");
    int fragment = whole.indexOf('#');
    return fragment < 0 ? whole : whole.substring(0, fragment);
  }

  /** What addresses in that element begin at. */
  private URI base(Element element) {
    try {
      return new URI(element.baseUri());
    } catch (URISyntaxException _) {
      return url;
    }
  }

  private static URI uri(String address) throws PageUnread {
    try {
      return new URI(address);
    } catch (URISyntaxException e) {
      throw new PageUnread(Fault.UNREADABLE, "it names an address that is none");
    }
  }

  private void link(Element link) {
    for (String relation : link.attr("rel").toLowerCase(Locale.ROOT).strip().split("\\s+", -1)) {
      if (relation.equals("stylesheet")) {
        fetched(Use.STYLES, link, "href");
      } else if (FETCHING.contains(relation)) {
        add(Kind.LINK, relation, target(link, "href"));
      }
      if (relation.equals("modulepreload")) {
        fetched(Use.MODULE, link, "href");
      }
    }
  }

  private void frame(Element frame, String named) {
    if (frame.hasAttr("srcdoc")) {
      add(Kind.FRAME, "srcdoc", Hashes.sha384(frame.attr("srcdoc")));
    }
    if (frame.hasAttr(named)) {
      add(Kind.FRAME, target(frame, named), frame.normalName());
    }
    String rights =
        FRAME_RIGHTS.stream()
            .filter(frame::hasAttr)
            .map(right -> right + "=\"" + frame.attr(right).strip().replaceAll("\\s+", " ") + "\"")
            .collect(Collectors.joining(" "));
    if (!rights.isEmpty()) {
      add(Kind.FRAME_RIGHTS, frame.hasAttr("srcdoc") ? "srcdoc" : target(frame, named), rights);
    }
  }

  private void meta(Element meta) {
    if (meta.hasAttr("http-equiv")) {
      String name = meta.attr("http-equiv").strip().toLowerCase(Locale.ROOT);
      add(Kind.META, name, SecurityHeaders.normal(name, meta.attr("content")));
    }
  }

  private void attribute(Element element, Attribute attribute) {
    String name = attribute.getKey().toLowerCase(Locale.ROOT);
    String value = attribute.getValue();
    String within = name + " of <" + element.normalName() + ">";
    if (name.startsWith("on")) {
      add(Kind.HANDLER, within, Hashes.sha384(value));
    } else if (isScript(value)) {
      add(Kind.SCRIPT_ADDRESS, within, Hashes.sha384(value));
    } else if (name.equals("formaction")) {
      add(Kind.FORM, target(element, "formaction"), within);
    }
  }

  /** Browsers leave out blanks and control characters; an animation's values are a list. */
  private static boolean isScript(String value) {
    String plain = value.replaceAll("[\\p{Cntrl}\\s]", "").toLowerCase(Locale.ROOT);
    return plain.startsWith("javascript:") || plain.contains(";javascript:");
  }

  private static String method(Element form) {
    return form.attr("method").equalsIgnoreCase("post") ? "post" : "get";
  }

  /** The address that an attribute names, whole and without its fragment. */
  private String target(Element element, String named) {
    String raw = element.attr(named).strip();
    String whole = raw.isEmpty() ? url.toString() : element.absUrl(named);
    String address = whole.isEmpty() ? raw : whole;
    int fragment = address.indexOf('#');
    return fragment < 0 ? address : address.substring(0, fragment);
  }
}
