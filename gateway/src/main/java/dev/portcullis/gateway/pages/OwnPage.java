package dev.portcullis.gateway.pages;

import dev.portcullis.wire.http.CommonHeaders;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A page of ours: where shoppers get it, and what this release serves there by itself.
 *
 * @param id a short name
 * @param headers its own, beside those of every answer
 * @param html the page, in the language of {@link #LANGUAGES}
 * @param hashes the {@code sha384-...} of each script and stylesheet, by path
 * @param purposes why each script is there, by path
 */
public record OwnPage(
    String id,
    URI url,
    Map<String, String> headers,
    byte[] html,
    Map<String, String> hashes,
    Map<String, String> purposes) {

  /** What a look at a page asks for, as {@code Accept-Language}. */
  public static final String LANGUAGES = "en";

  public OwnPage {
    headers = Map.copyOf(headers);
    hashes = Map.copyOf(hashes);
    purposes = Map.copyOf(purposes);
  }

  /** Pages of ours that one part of the system serves. */
  @FunctionalInterface
  public interface Source {
    /** All of them; none if that part cannot say now. */
    List<OwnPage> pages();
  }

  /** What is expected of it where nobody has approved anything else. */
  Inventory inventory() {
    Map<String, List<String>> all = new HashMap<>();
    Map<String, String> fields =
        new LinkedHashMap<>(CommonHeaders.of("https".equals(url.getScheme())));
    fields.putAll(headers);
    fields.forEach((name, value) -> all.put(name.toLowerCase(Locale.ROOT), List.of(value)));
    try {
      return PageReader.read(url, all, html, true, (file, _) -> file(file));
    } catch (PageUnread e) {
      throw new IllegalStateException(id + " cannot be read: " + e.why(), e);
    }
  }

  /** Our own files name no others. */
  private PageReader.File file(URI file) throws PageUnread {
    String hash = hashes.get(file.getPath());
    if (hash == null) {
      throw new PageUnread(PageUnread.Fault.UNREADABLE, "it names a file that is not there");
    }
    return new PageReader.File(hash, file, List.of());
  }
}
