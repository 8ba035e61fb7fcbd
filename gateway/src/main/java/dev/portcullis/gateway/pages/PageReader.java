package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.pages.Item.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/**
 * Reads a page as a browser's parser does, and takes down what of it runs, frames, sends, or
 * forbids that. What only a script makes when it runs is not seen; of scripts the bytes are.
 */
final class PageReader {

  /** A page with more is none that anybody could approve. */
  private static final int MOST = 500;

  private static final Set<String> DATA_BLOCKS = Set.of("application/json", "application/ld+json");

  private static final Set<String> FETCHING =
      Set.of("modulepreload", "preload", "prefetch", "prerender", "import", "manifest");

  /** Gets what a page names. */
  @FunctionalInterface
  interface Resources {
    /**
     * The hash of its bytes.
     *
     * @throws PageUnread if they cannot be got
     */
    String hash(URI url, Kind kind) throws PageUnread;
  }

  private final URI url;
  private final Resources resources;
  private final List<Item> items = new ArrayList<>();

  private PageReader(URI url, Resources resources) {
    this.url = url;
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
    PageReader reader = new PageReader(url, resources);
    reader.items.addAll(SecurityHeaders.items(headers));
    if (whole) {
      reader.items.add(new Item(Kind.DOCUMENT, url.getRawPath(), Hashes.sha384(html)));
    }
    for (Element element : parsed(url, html).getAllElements()) {
      reader.element(element);
      if (reader.items.size() > MOST) {
        throw new PageUnread("it has more scripts, frames and forms than can be watched");
      }
    }
    return new Inventory(reader.items);
  }

  /** In the encoding that it names itself, or else in UTF-8. */
  private static Document parsed(URI url, byte[] html) throws PageUnread {
    try {
      return Jsoup.parse(new ByteArrayInputStream(html), null, url.toString());
    } catch (IOException e) {
      throw new PageUnread("it cannot be parsed");
    }
  }

  private void element(Element element) {
    switch (element.normalName()) {
      case "script" -> script(element);
      case "style" -> add(Kind.INLINE_STYLE, "style", Hashes.sha384(element.data()));
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
    if (!named.isEmpty()) {
      fetched(Kind.SCRIPT, script, named);
    } else if (!script.data().isBlank() && !DATA_BLOCKS.contains(type)) {
      add(Kind.INLINE_SCRIPT, Hashes.sha384(script.data()), type.isEmpty() ? "script" : type);
    }
  }

  private void fetched(Kind kind, Element element, String named) {
    String address = target(element, named);
    String integrity = element.attr("integrity").strip();
    String pinned = integrity.isEmpty() ? "" : ", pinned to " + integrity;
    if (address.regionMatches(true, 0, "data:", 0, "data:".length())) {
      add(kind, "data:", Hashes.sha384(address) + pinned);
      return;
    }
    add(kind, address, hash(kind, address) + pinned);
  }

  /** What cannot be got is taken down too: somebody may have added it for just that. */
  private String hash(Kind kind, String address) {
    try {
      return resources.hash(uri(address), kind);
    } catch (PageUnread e) {
      return Item.NOT_GOT + e.why();
    }
  }

  private static URI uri(String address) throws PageUnread {
    try {
      return new URI(address);
    } catch (URISyntaxException e) {
      throw new PageUnread("it names an address that is none");
    }
  }

  private void link(Element link) {
    for (String relation : link.attr("rel").toLowerCase(Locale.ROOT).strip().split("\\s+", -1)) {
      if (relation.equals("stylesheet")) {
        fetched(Kind.STYLESHEET, link, "href");
      } else if (FETCHING.contains(relation)) {
        add(Kind.LINK, relation, target(link, "href"));
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
