package dev.portcullis.cli.admin;

import dev.portcullis.cli.HomeOption;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.json.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vault}: its administration; alone, it shows its commands. */
@Command(
    name = "vault",
    description =
        "Open and seal the vault, enter providers' secrets, change its policies and let cards in"
            + " and out in bulk by two.",
    subcommands = {
      VaultCommand.Status.class,
      VaultCommand.Init.class,
      VaultCommand.Unseal.class,
      VaultCommand.Seal.class,
      VaultRekeyCommand.class,
      VaultGiveShareCommand.class,
      VaultTakeShareCommand.class,
      VaultCancelRekeyCommand.class,
      VaultKeysCommand.class,
      VaultSecretsCommand.class,
      VaultPoliciesCommand.class,
      VaultChangesCommand.class,
      VaultShredCommand.class,
      VaultImportKeyCommand.class,
      VaultImportCommand.class,
      VaultExportCommand.class,
      VaultTransfersCommand.class,
      VaultAuditCommand.class,
      VaultSbomCommand.class
    })
public final class VaultCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** {@code vault status}: exit code 0 when the vault is open, 1 when it is sealed. */
  @Command(name = "status", description = "Say whether the vault is sealed, and what it takes.")
  static final class Status implements Callable<Integer> {

    @Mixin private HomeOption home = new HomeOption();

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      Home place = home.home();
      Map<String, @Nullable Object> custody =
          AdminClient.of(place, Zone.VAULT).post("custody/status", Map.of());
      if (spec != null) {
        spec.commandLine()
            .getOut()
            .println(json ? Json.writeString(custody) : CustodyLines.of(custody, place));
        spec.commandLine().getOut().flush();
      }
      return Boolean.TRUE.equals(custody.get("sealed")) ? 1 : 0;
    }
  }

  /** {@code vault unseal}: one custodian gives their share. */
  @Command(
      name = "unseal",
      description = "Give your share; the last one that is needed opens the vault.")
  static final class Unseal implements Callable<Integer> {

    @Mixin private HomeOption home = new HomeOption();

    @Mixin private ShareOption share = new ShareOption();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      if (spec == null) {
        throw new IllegalStateException("a command runs within the command line");
      }
      Home place = home.home();
      Prompt prompt = new Prompt(spec.commandLine().getErr());
      AdminClient vault = AdminClient.of(place, Zone.VAULT);
      Map<String, @Nullable Object> answer =
          vault.post("custody/shares", Map.of("share", share.read(prompt, "Your share")));
      spec.commandLine().getOut().println(CustodyLines.given(answer, place));
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  /** {@code vault seal}: nothing in the vault opens any more. */
  @Command(
      name = "seal",
      description = "Seal the vault at once: no card goes in or out until custodians open it.")
  static final class Seal extends AdminCommand {

    @Override
    public Integer call() {
      Map<String, @Nullable Object> custody = signedIn(Zone.VAULT).post("custody/seal", Map.of());
      print(custody, CustodyLines.of(custody, options().home().home()));
      return 0;
    }
  }

  /** {@code vault init}: makes the master key and its shares. */
  @Command(
      name = "init",
      description =
          "Make the master key and the custodians' shares, once. In a vault that has no"
              + " administrator yet all of them are made here; otherwise each custodian who is"
              + " named takes theirs with vault take-share, and the key counts when all have.")
  static final class Init extends AdminCommand {

    @Option(
        names = "--shares",
        paramLabel = "N",
        description = "With --setup-code-file: how many custodians there are, 2 to 20.")
    private int shares;

    @Option(
        names = "--custodian",
        paramLabel = "NAME",
        description =
            "Without --setup-code-file: who gets a share, enrolled in the vault; once for each, 2"
                + " to 20.")
    private List<String> custodians = List.of();

    @Option(
        names = "--threshold",
        paramLabel = "K",
        required = true,
        description = "How many of them open the vault, 2 or more.")
    private int threshold;

    @Option(
        names = "--out",
        paramLabel = "FOLDER",
        description =
            "With --setup-code-file: write each share into a file of its own in this new folder;"
                + " otherwise each is shown alone, at a terminal, until its custodian has it.")
    private @Nullable Path out;

    @Option(
        names = "--setup-code-file",
        paramLabel = "FILE",
        description =
            "In a vault that has no administrator yet: the vault's setup code, this file's first"
                + " line (- for standard input; people setup-code shows it).")
    private @Nullable String setupCode;

    @Override
    public Integer call() {
      if (setupCode == null) {
        letTake();
      } else {
        makeAll(setupCode);
      }
      return 0;
    }

    /** Where people are enrolled nobody sees more than their own. */
    private void letTake() {
      if (custodians.isEmpty() || shares != 0 || out != null) {
        throw new Refusal(
            "Name who gets a share by --custodian, once for each, without --shares and --out: each"
                + " takes theirs with vault take-share. Where there is no administrator yet, give"
                + " --setup-code-file.");
      }
      Map<String, @Nullable Object> answer =
          signedIn(Zone.VAULT)
              .post("custody/keys", Map.of("custodians", custodians, "threshold", threshold));
      print(answer, VaultRekeyCommand.standing(answer));
    }

    private void makeAll(String codeFile) {
      if (shares == 0 || !custodians.isEmpty()) {
        throw new Refusal(
            "With --setup-code-file say how many --shares there are; nobody can be named by"
                + " --custodian yet.");
      }
      requirePlace();
      Prompt prompt = prompt();
      Map<String, @Nullable Object> terms = new LinkedHashMap<>();
      terms.put("shares", shares);
      terms.put("threshold", threshold);
      terms.put("setup_code", prompt.secret("setup code", codeFile, "--setup-code-file"));
      AdminClient vault = options().client(Zone.VAULT);
      handOut(vault, vault.post("custody/first", terms), prompt);
    }

    /** Asked before anything is made: afterwards there is nowhere to put the shares. */
    private void requirePlace() {
      if (out == null && Prompt.terminal().isEmpty()) {
        throw new Refusal("There is no terminal to show shares at; use --out.");
      }
      if (out != null && out.toFile().exists()) {
        throw new Refusal(out + " is there already; name a new folder.");
      }
    }

    /** Hands the shares out; they count once that is done. */
    private void handOut(AdminClient vault, Map<String, @Nullable Object> made, Prompt prompt) {
      List<String> lines =
          made.get("shares") instanceof List<?> list
              ? list.stream().map(String::valueOf).toList()
              : List.of();
      if (lines.size() != shares) {
        throw new Refusal("The answer is not what was expected.");
      }
      if (out == null) {
        show(lines, prompt);
      } else {
        write(lines, out);
      }
      Map<String, @Nullable Object> custody =
          vault.post("custody/confirm", Map.of("ticket", text(made, "ticket")));
      print(
          custody,
          (out == null
                  ? ""
                  : "The shares are in %s: give each custodian theirs, and delete the files.%n"
                      .formatted(out))
              + CustodyLines.of(custody, options().home().home()));
    }

    private static void write(List<String> lines, Path folder) {
      HomeFiles.folder(folder.toAbsolutePath(), "rwx------", null, null);
      for (int index = 1; index <= lines.size(); index++) {
        HomeFiles.writePrivate(
            folder.toAbsolutePath().resolve("share-" + index), lines.get(index - 1) + "\n");
      }
    }

    /** One at a time, and the screen is cleared before the next person looks. */
    private void show(List<String> lines, Prompt prompt) {
      for (int index = 1; index <= lines.size(); index++) {
        prompt.pause(
            "Custodian %d of %d alone looks at the screen; then press Enter."
                .formatted(index, lines.size()));
        prompt.shown("Share %d:%n%n  %s%n".formatted(index, lines.get(index - 1)));
        prompt.pause("When it is written down, press Enter; the screen is cleared.");
        prompt.clear();
      }
    }
  }
}
