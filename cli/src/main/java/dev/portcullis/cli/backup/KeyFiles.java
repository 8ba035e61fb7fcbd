package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The files without which a backup's data cannot be used, and which are never in a backup: the
 * zones' keys, and in the sandbox the API keys. A backup holds marks of them, so that a restore
 * says before it begins which one is missing or another.
 *
 * <p>A zone's password for its database is made anew, and a provider's credentials come from the
 * provider: neither is needed. What opens an HSM or a key service changes all the time, and comes
 * from there.
 */
final class KeyFiles {
  private static final String SANDBOX_KEYS = "operator/sandbox-keys.json";
  private static final byte[] LABEL =
      "portcullis: which key is this".getBytes(StandardCharsets.UTF_8);
  private static final int MARK_BYTES = 8;
  private static final List<Zone> ZONES = List.of(Zone.VAULT, Zone.GATEWAY);

  private KeyFiles() {}

  /** Whether those are a sandbox's. */
  static boolean isSandbox(Collection<String> names) {
    return names.contains(SANDBOX_KEYS);
  }

  /** The key files in a home or in a copy laid out like one, as paths from it. */
  static List<String> in(Path root) {
    Stream<String> secrets =
        ZONES.stream()
            .map(zone -> zone.label() + "/secrets")
            .flatMap(folder -> names(root.resolve(folder)).map(name -> folder + "/" + name));
    Stream<String> sandbox =
        Files.isRegularFile(root.resolve(SANDBOX_KEYS)) ? Stream.of(SANDBOX_KEYS) : Stream.empty();
    return Stream.concat(secrets, sandbox).sorted().toList();
  }

  private static Stream<String> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> !name.startsWith("."))
          .filter(name -> !name.equals("database-password"))
          .filter(name -> !name.startsWith("provider-") && !name.startsWith("key-service-"))
          .toList()
          .stream();
    } catch (IOException e) {
      throw HomeFiles.failure("list " + folder, e);
    }
  }

  /** Marks of every key file, by path: a line of the file is one key. */
  static Map<String, Set<String>> marks(Path root) {
    Map<String, Set<String>> marks = new LinkedHashMap<>();
    in(root).forEach(file -> marks.put(file, marksOf(root.resolve(file))));
    return marks;
  }

  private static Set<String> marksOf(Path file) {
    return HomeFiles.read(file)
        .orElse("")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .map(KeyFiles::mark)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A key has 256 random bits, so that its mark tells which it is and nothing of it. */
  private static String mark(String line) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(line.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(LABEL), 0, MARK_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", e);
    }
  }

  /**
   * Refuses a home, or a copy laid out like one, that lacks a key that the data needs; more keys
   * than then do no harm.
   */
  static void require(Path root, Map<String, Set<String>> needed) {
    needed.forEach(
        (file, marks) -> {
          Path path = root.resolve(file);
          if (!Files.exists(path)) {
            throw new Refusal(
                "The backup's data needs the key file %s, which is not there: give --keys a copy of the old home's key files."
                    .formatted(path));
          }
          if (!marksOf(path).containsAll(marks)) {
            throw new Refusal(
                "%s is not the key that the backup's data was stored under.".formatted(path));
          }
        });
  }
}
