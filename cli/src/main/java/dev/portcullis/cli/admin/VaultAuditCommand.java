package dev.portcullis.cli.admin;

import dev.portcullis.cli.HomeOption;
import dev.portcullis.cli.audit.Found;
import dev.portcullis.cli.audit.GivenHeads;
import dev.portcullis.cli.audit.NotedHead;
import dev.portcullis.cli.audit.NotedKeys;
import dev.portcullis.cli.audit.TrailFile;
import dev.portcullis.cli.audit.ZoneTrail;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vault audit}: the vault's audit trail and its signed heads; alone, it shows commands. */
@Command(
    name = "audit",
    description = "Check and export the vault's audit trail; carry its signed heads away.",
    subcommands = {
      VaultAuditCommand.Verify.class,
      VaultAuditCommand.Export.class,
      VaultAuditCommand.Head.class,
      VaultAuditCommand.Key.class
    })
final class VaultAuditCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  private static ZoneTrail trail(Home home) {
    return ZoneTrail.vault(home, InstanceState.running(home).ports());
  }

  private static void print(@Nullable PrintWriter to, String text) {
    if (to != null) {
      to.println(text);
      to.flush();
    }
  }

  /**
   * {@code vault audit verify}: exit code 0 when the trail is whole, 1 when it is not, when its
   * keys are not those that were noted or given, or when something given is no head of theirs.
   */
  @Command(
      name = "verify",
      description =
          "Check the vault's audit trail, or an exported one, and name the first entry that is not"
              + " what it was.")
  static final class Verify implements Callable<Integer> {

    @Mixin private HomeOption home = new HomeOption();

    @Option(
        names = "--head",
        paramLabel = "FILE|HEAD",
        description =
            "A signed head that was kept elsewhere, or a file with any number of them: finds an end"
                + " that was cut off together with its heads.")
    private List<String> heads = List.of();

    @Option(
        names = "--file",
        paramLabel = "FILE",
        description = "Check this exported trail; no vault needs to run.")
    private @Nullable Path file;

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description =
            "The public keys that may have signed, in PEM; without it those that the home has"
                + " noted.")
    private @Nullable Path key;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      GivenHeads given = GivenHeads.of(heads);
      return file == null ? running(given) : exported(file, given);
    }

    private int running(GivenHeads given) {
      Home place = home.home();
      NotedHead noted = new NotedHead(place);
      Optional<SignedHead> before = noted.read();
      ZoneTrail trail = trail(place);
      ZoneTrail.Head newest = trail.head();
      String wrong = otherKeys(place, newest.keys());
      if (!wrong.isEmpty()) {
        print(out(), wrong);
        return 1;
      }
      GivenHeads sound = given.and(before).signedBy(newest.keys());
      boolean good = judged(sound, trail.verify(sound, this::progress), "The vault's audit trail");
      if (good) {
        newest.signed().ifPresent(noted::note);
      }
      return good ? 0 : 1;
    }

    /** What is wrong with the keys that the vault names, one sentence, or an empty text. */
    private String otherKeys(Home place, List<HeadKey> theirs) {
      if (key == null) {
        return new NotedKeys(place).compare(theirs);
      }
      return NotedKeys.isSame(NotedKeys.readFrom(key), theirs)
          ? ""
          : "The vault's audit keys are not those of %s: unless the vault's log says why, somebody put theirs in place."
              .formatted(key);
    }

    private int exported(Path from, GivenHeads given) {
      List<HeadKey> keys =
          key == null ? new NotedKeys(home.home()).read() : NotedKeys.readFrom(key);
      if (keys.isEmpty()) {
        throw new Refusal(
            "No key was noted in this home: name the file that vault audit key printed with"
                + " --key.");
      }
      GivenHeads sound = given.signedBy(keys);
      Found found = TrailFile.verify(from, keys, sound, this::progress);
      return judged(sound, found, "The exported trail") ? 0 : 1;
    }

    private boolean judged(GivenHeads sound, Found found, String trail) {
      sound.refused().forEach(line -> print(out(), line));
      print(out(), found.sentence(trail));
      return found.isWhole() && sound.refused().isEmpty();
    }

    private void progress(long entries) {
      print(
          spec == null ? null : spec.commandLine().getErr(),
          "  %,d entries are whole".formatted(entries));
    }

    private @Nullable PrintWriter out() {
      return spec == null ? null : spec.commandLine().getOut();
    }
  }

  /** {@code vault audit export}: all of it into a file, for whoever checks it elsewhere. */
  @Command(
      name = "export",
      description = "Write the vault's audit trail with its signed heads into a file.")
  static final class Export extends AdminCommand {

    private static final int STEP = 100_000;

    @Option(
        names = "--to",
        required = true,
        paramLabel = "FILE",
        description = "A new file; it names people, and only its owner can read it.")
    private Path to = Path.of("");

    @Override
    public Integer call() {
      AdminClient vault = signedIn(Zone.VAULT);
      long entries = 0;
      long after = 0;
      try (TrailFile.Export export = new TrailFile.Export(to.toAbsolutePath())) {
        boolean more = true;
        while (more) {
          Map<String, @Nullable Object> page = vault.get("audit?after=" + after);
          List<Map<String, @Nullable Object>> lines = data(page);
          write(export, lines, heads(page));
          more = Boolean.TRUE.equals(page.get("has_more"));
          long last = lines.isEmpty() ? after : number(lines.getLast(), "seq");
          if (more && last <= after) {
            throw new Refusal("The trail is broken at its beginning; see vault audit verify.");
          }
          if (last / STEP > after / STEP) {
            err().println("  %,d entries".formatted(last));
            err().flush();
          }
          after = last;
          entries += lines.size();
        }
        export.end(entries);
      }
      print(Map.of("entries", entries, "file", to.toString()), entries + " entries are in " + to);
      return 0;
    }

    private static List<Map<String, @Nullable Object>> heads(Map<String, @Nullable Object> page) {
      if (page.get("heads") instanceof List<?> heads) {
        return heads.stream().map(AdminCommand::object).toList();
      }
      throw new Refusal("The answer is not a trail.");
    }

    /** Each head comes after the entries that it counts. */
    private static void write(
        TrailFile.Export export,
        List<Map<String, @Nullable Object>> entries,
        List<Map<String, @Nullable Object>> heads) {
      int head = 0;
      for (Map<String, @Nullable Object> entry : entries) {
        export.write(entry);
        while (head < heads.size() && number(heads.get(head), "size") <= number(entry, "seq")) {
          export.write(heads.get(head++));
        }
      }
      while (head < heads.size()) {
        export.write(heads.get(head++));
      }
    }
  }

  /** {@code vault audit head}: what somebody outside keeps. */
  @Command(
      name = "head",
      description = "Print the newest signed head in one word, to be kept somewhere else.")
  static final class Head implements Callable<Integer> {

    @Mixin private HomeOption home = new HomeOption();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      print(
          spec == null ? null : spec.commandLine().getOut(),
          trail(home.home())
              .head()
              .text()
              .orElseThrow(
                  () -> new Refusal("No head was signed yet: the vault is sealed, or new.")));
      return 0;
    }
  }

  /** {@code vault audit key}: exit code 1 when it is not the one that was noted. */
  @Command(
      name = "key",
      description = "Print the public key that signs heads, in PEM, to be kept somewhere else.")
  static final class Key implements Callable<Integer> {

    @Mixin private HomeOption home = new HomeOption();

    @Option(
        names = "--note",
        description = "Note the keys as they are, in place of those that were noted.")
    private boolean note;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      Home place = home.home();
      List<HeadKey> keys = trail(place).head().keys();
      if (keys.isEmpty()) {
        throw new Refusal("There is no key yet: the vault is sealed, or new.");
      }
      NotedKeys noted = new NotedKeys(place);
      if (note) {
        noted.note(keys);
      }
      for (HeadKey each : keys) {
        print(
            spec == null ? null : spec.commandLine().getOut(),
            "sha256:" + each.id() + System.lineSeparator() + each.pem().strip());
      }
      String wrong = noted.compare(keys);
      if (!wrong.isEmpty()) {
        print(spec == null ? null : spec.commandLine().getErr(), wrong);
      }
      return wrong.isEmpty() ? 0 : 1;
    }
  }
}
