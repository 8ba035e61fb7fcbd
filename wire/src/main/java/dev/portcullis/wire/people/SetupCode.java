package dev.portcullis.wire.people;

import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The code of a register's first person as the zone is given it: a file with its hash and its end,
 * which the zone can read and not change.
 *
 * @param codeHash as {@link Token#hash} makes it
 * @param expires when it ends
 */
public record SetupCode(byte[] codeHash, Instant expires) {

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /** The file's content. */
  public String json() {
    return Json.writeString(
        Map.of("sha256", HexFormat.of().formatHex(codeHash), "expires", expires.toString()));
  }

  /**
   * Reads the file.
   *
   * @throws ConfigException if it cannot be used
   */
  public static SetupCode read(Path file) {
    try {
      Map<String, ?> tree = Json.readObject(Files.readAllBytes(file));
      if (tree.get("sha256") instanceof String hash
          && HASH.matcher(hash).matches()
          && tree.get("expires") instanceof String expires) {
        return new SetupCode(HexFormat.of().parseHex(hash), Instant.parse(expires));
      }
    } catch (IOException | MalformedJsonException | java.time.DateTimeException e) {
      throw new ConfigException("The setup code's file " + file + " cannot be read.", e);
    }
    throw new ConfigException("The setup code's file " + file + " lacks its hash or its end.");
  }
}
