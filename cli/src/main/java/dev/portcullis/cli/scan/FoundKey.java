package dev.portcullis.cli.scan;

import dev.portcullis.wire.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key in a place. It never holds the key itself: its hash tells two keys apart and finds the key
 * again in its place, and helps nobody to use it.
 *
 * @param redacted the key as it may be shown
 * @param sha256 the key's SHA-256 in hexadecimal
 * @param file the path, from the folder that was searched; an empty text for a commit's message
 * @param line the line, 1 or more
 * @param commit the commit in whose tree, or message, it is; null for a file as it lies there now
 * @param object git's object that holds it, or null
 */
public record FoundKey(
    String redacted,
    String sha256,
    String file,
    long line,
    @Nullable String commit,
    @Nullable String object) {

  /** As one JSON object. */
  public Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("key", redacted);
    tree.put("sha256", sha256);
    tree.put("file", file);
    tree.put("line", line);
    tree.put("commit", commit);
    tree.put("object", object);
    return tree;
  }

  /** As JSON wrote it. */
  static FoundKey of(Map<?, ?> tree) {
    return new FoundKey(
        text(tree, "key"),
        text(tree, "sha256"),
        text(tree, "file"),
        tree.get("line") instanceof Long line ? line : 0,
        tree.get("commit") instanceof String commit ? commit : null,
        tree.get("object") instanceof String object ? object : null);
  }

  private static String text(Map<?, ?> tree, String member) {
    return tree.get(member) instanceof String text ? text : "";
  }

  /** For a person: where, and which key. */
  public String shown() {
    String place = (file.isEmpty() ? "(commit message)" : file) + ":" + line;
    return place + ": " + redacted + (commit == null ? "" : " in commit " + commit);
  }

  @Override
  public String toString() {
    return Json.writeString(tree());
  }
}
