package dev.portcullis.cli.setup;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.Accounts;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The file with the gateway's sealing keys: a line for each, {@code <id>:<base64>}. The first one
 * seals, all of them open; none is lost here, since old values and old backups need it: who takes
 * one out has it in another file.
 */
public final class SealingKeys {
  private static final Pattern LINE = Pattern.compile("([1-9][0-9]{0,8}):[0-9A-Za-z+/]{43}=");
  private static final int KEY_BYTES = 32;

  private final Home home;
  private final SecureRandom random;

  public SealingKeys(Home home, SecureRandom random) {
    this.home = home;
    this.random = random;
  }

  /**
   * Adds a key that opens and does not seal yet, for other gateways to learn of it first.
   *
   * @return its id
   */
  public int addStandby() {
    List<String> lines = lines();
    int id = newest(lines) + 1;
    lines.add(line(id));
    write(lines);
    return id;
  }

  /**
   * Has the newest key seal from now on: one that stood by, or else a new one.
   *
   * @return its id
   */
  public int rotate() {
    List<String> lines = lines();
    int newest = newest(lines);
    if (id(lines.getFirst()) == newest) {
      newest++;
      lines.addFirst(line(newest));
    } else {
      int promoted = newest;
      String line = lines.stream().filter(each -> id(each) == promoted).findFirst().orElseThrow();
      lines.remove(line);
      lines.addFirst(line);
    }
    write(lines);
    return newest;
  }

  /**
   * The id of the key that seals from the next start on; empty for whoever may not read the file.
   */
  public OptionalInt sealing() {
    return Files.isReadable(file()) ? OptionalInt.of(id(lines().getFirst())) : OptionalInt.empty();
  }

  /** The ids of those that sealed before the one that does; one that stands by is none of them. */
  public List<Integer> older() {
    List<String> lines = lines();
    int sealing = id(lines.getFirst());
    return lines.stream().map(SealingKeys::id).filter(id -> id < sealing).sorted().toList();
  }

  /**
   * Writes keys into a file of their own, as they stand in this one.
   *
   * @throws Refusal if that file is there already
   */
  public void copy(List<Integer> ids, Path to) {
    if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
      throw new Refusal(to + " is there already; nothing was changed.");
    }
    HomeFiles.writePrivate(
        to,
        lines().stream()
            .filter(line -> ids.contains(id(line)))
            .collect(Collectors.joining("\n", "", "\n")));
  }

  /**
   * Takes keys out.
   *
   * @throws Refusal if the one that seals is among them
   */
  public void remove(List<Integer> ids) {
    List<String> lines = lines();
    if (ids.contains(id(lines.getFirst()))) {
      throw new Refusal("The key " + id(lines.getFirst()) + " is the one that seals.");
    }
    lines.removeIf(line -> ids.contains(id(line)));
    write(lines);
  }

  private Path file() {
    return home.secret(Zone.GATEWAY, "sealing-keys");
  }

  private List<String> lines() {
    List<String> lines =
        new ArrayList<>(
            HomeFiles.read(file())
                .orElseThrow(() -> new Refusal("There are no sealing keys at " + file() + "."))
                .strip()
                .lines()
                .map(String::strip)
                .toList());
    if (lines.isEmpty() || !lines.stream().allMatch(line -> LINE.matcher(line).matches())) {
      // Not the line: it may hold a key.
      throw new Refusal(file() + " does not hold sealing keys, each in a line of its own.");
    }
    return lines;
  }

  private static int id(String line) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      throw new IllegalStateException("the lines were looked at");
    }
    return Integer.parseInt(parts.group(1));
  }

  private static int newest(List<String> lines) {
    return lines.stream().map(SealingKeys::id).max(Comparator.naturalOrder()).orElse(0);
  }

  private String line(int id) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return id + ":" + Base64.getEncoder().encodeToString(key);
  }

  private void write(List<String> lines) {
    new ZoneFiles(home, Accounts.detect())
        .secret(Zone.GATEWAY, file(), String.join("\n", lines) + "\n");
  }
}
