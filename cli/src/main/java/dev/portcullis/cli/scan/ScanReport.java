package dev.portcullis.cli.scan;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import dev.portcullis.wire.key.ApiKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a search has found, as it is handed on. The keys are not in it; {@link #keys} reads them
 * anew where they were found.
 *
 * @param root what was searched, absolute
 * @param found the places
 */
public record ScanReport(Path root, List<FoundKey> found) {

  /** Takes a copy. */
  public ScanReport {
    found = List.copyOf(found);
  }

  /** As one JSON object. */
  public Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "key_scan");
    tree.put("root", root.toString());
    tree.put("data", found.stream().map(FoundKey::tree).toList());
    return tree;
  }

  /**
   * Reads a report.
   *
   * @throws Refusal if it is none
   */
  public static ScanReport parse(byte[] json) {
    try {
      Map<String, ?> tree = Json.readObject(json);
      if (tree.get("root") instanceof String root && tree.get("data") instanceof List<?> data) {
        return new ScanReport(
            Path.of(root),
            data.stream()
                .filter(Map.class::isInstance)
                .map(entry -> FoundKey.of((Map<?, ?>) entry))
                .toList());
      }
    } catch (MalformedJsonException e) {
      throw new Refusal("This is not what keys scan --json prints: " + e.getMessage(), e);
    }
    throw new Refusal("This is not what keys scan --json prints.");
  }

  /** The keys by their hash; empty for one that is not in its place any more. */
  public Map<String, Optional<ApiKey>> keys() {
    Map<String, Optional<ApiKey>> keys = new TreeMap<>();
    for (FoundKey place : found) {
      if (keys.getOrDefault(place.sha256(), Optional.empty()).isEmpty()) {
        keys.put(place.sha256(), read(place));
      }
    }
    return keys;
  }

  private Optional<ApiKey> read(FoundKey place) {
    try (InputStream in = open(place)) {
      return KeyFinder.find(in, place.sha256());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private InputStream open(FoundKey place) throws IOException {
    String object = place.object();
    if (object != null) {
      // The object's name comes from a file: nothing that git takes for an option.
      if (!object.matches("[0-9a-f]{40,64}")) {
        throw new IOException("no object's name");
      }
      return new Git(root).start("cat-file", "-p", object).getInputStream();
    }
    Path file = Files.isDirectory(root) ? root.resolve(place.file()).normalize() : root;
    if (!file.startsWith(root)) {
      throw new IOException("a place outside of what was searched");
    }
    return Files.newInputStream(file);
  }
}
