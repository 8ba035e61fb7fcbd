package dev.portcullis.cli.audit;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.audit.HeadKey;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The keys that may sign the vault's heads, as the home has noted them when it first saw them. The
 * vault's database says which keys there are, and whoever owns it can put one of their own there;
 * the home's folder for the operator they cannot reach.
 */
public final class NotedKeys {

  private final Home home;

  /** Those of a home. */
  public NotedKeys(Home home) {
    this.home = home;
  }

  /** Where they stand. */
  public Path file() {
    return home.operator().resolve("vault-audit-key.pem");
  }

  /** All of them; none where none was noted yet. */
  public List<HeadKey> read() {
    return HomeFiles.read(file()).map(pem -> parse(pem, file())).orElse(List.of());
  }

  /** Those of a file. */
  public static List<HeadKey> readFrom(Path file) {
    return parse(
        HomeFiles.read(file).orElseThrow(() -> new Refusal(file + " is not there.")), file);
  }

  private static List<HeadKey> parse(String pem, Path file) {
    try {
      return HeadKey.readAll(pem);
    } catch (IllegalArgumentException e) {
      throw new Refusal(file + " holds no Ed25519 public key in PEM.", e);
    }
  }

  /** Notes them from now on. */
  public void note(List<HeadKey> keys) {
    HomeFiles.writePrivate(file(), keys.stream().map(HeadKey::pem).collect(Collectors.joining()));
  }

  /**
   * Holds the vault's keys against the noted ones; the first that are seen are noted.
   *
   * @return what is wrong, one sentence, or an empty text
   */
  public String compare(List<HeadKey> keys) {
    List<HeadKey> noted = read();
    if (noted.isEmpty() && !keys.isEmpty()) {
      note(keys);
      return "";
    }
    return isSame(noted, keys)
        ? ""
        : "The vault's audit keys are %s, and those noted in %s are %s: unless the vault's log says why, somebody put theirs in place. %s notes them as they are."
            .formatted(ids(keys), file(), ids(noted), home.command("vault audit key --note"));
  }

  /** Whether both are the same keys, in whatever order. */
  public static boolean isSame(List<HeadKey> some, List<HeadKey> others) {
    return ids(some).equals(ids(others));
  }

  private static List<String> ids(List<HeadKey> keys) {
    return keys.stream().map(HeadKey::id).sorted().toList();
  }
}
