package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.egress.EgressReasons;
import dev.portcullis.wire.json.JsonLines;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vault policies}: what may be sent to providers; lists them. */
@Command(
    name = "policies",
    description = "List the forward policies that two administrators have installed.",
    subcommands = {
      VaultPoliciesCommand.Check.class,
      VaultPoliciesCommand.Install.class,
      VaultPoliciesCommand.Remove.class,
      VaultPoliciesCommand.Test.class
    })
final class VaultPoliciesCommand extends AdminCommand {

  @Override
  public Integer call() {
    Map<String, @Nullable Object> policies = signedIn(Zone.VAULT).get("policies");
    print(
        policies,
        data(policies).stream()
            .map(VaultPoliciesCommand::line)
            .collect(Collectors.joining(System.lineSeparator())));
    return 0;
  }

  private static String line(Map<String, @Nullable Object> policy) {
    return "%s version %s  sha256 %s  by %s and %s"
        .formatted(
            text(policy, "name"),
            text(policy, "version"),
            text(policy, "sha256"),
            text(policy, "installed_by"),
            text(policy, "confirmed_by"));
  }

  /** {@code vault policies check}: exit code 0 when it could be installed, 1 otherwise. */
  @Command(
      name = "check",
      description =
          "Say line by line what is wrong with a policy, and whether its secrets are there; changes"
              + " nothing. The form is docs/FORWARD_POLICY.md.")
  static final class Check extends AdminCommand {

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The policy, JSON.")
    private Path file = Path.of("");

    @Override
    public Integer call() {
      String content = DocumentFile.read(file, "policy");
      JsonLines lines = JsonLines.of(content);
      if (lines.broken().isPresent()) {
        throw new Refusal(
            "%s:%d: from here on it is no JSON.".formatted(file, lines.broken().getAsInt()));
      }
      Map<String, @Nullable Object> checked =
          signedIn(Zone.VAULT).post("policies/check", Map.of("name", name, "policy", content));
      List<String> faults =
          checked.get("faults") instanceof List<?> list
              ? list.stream().map(fault -> line(file, lines, object(fault))).toList()
              : List.of();
      print(
          checked,
          faults.isEmpty()
              ? "%s could be installed: sha256 %s".formatted(file, text(checked, "sha256"))
              : String.join(System.lineSeparator(), faults));
      return faults.isEmpty() ? 0 : 1;
    }
  }

  /** As compilers say it, so that an editor finds the place. */
  static String line(Path file, JsonLines lines, Map<String, @Nullable Object> fault) {
    String where = text(fault, "where");
    return where.isEmpty()
        ? file + ": " + text(fault, "what")
        : "%s:%d: %s %s".formatted(file, lines.line(where, 1), where, text(fault, "what"));
  }

  /** {@code vault policies install}. */
  @Command(
      name = "install",
      description = "Propose a forward policy; another administrator confirms it.")
  static final class Install extends AdminCommand {

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The policy, JSON.")
    private Path file = Path.of("");

    @Override
    public Integer call() {
      Map<String, @Nullable Object> change =
          signedIn(Zone.VAULT)
              .post("policies", Map.of("name", name, "policy", DocumentFile.read(file, "policy")));
      print(change, VaultChangesCommand.proposed(this, change));
      return 0;
    }
  }

  /** {@code vault policies remove}. */
  @Command(
      name = "remove",
      description = "Propose to take a policy away; another administrator confirms it.")
  static final class Remove extends AdminCommand {

    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> change =
          signedIn(Zone.VAULT).post("policies/" + name + "/remove", Map.of());
      print(change, VaultChangesCommand.proposed(this, change));
      return 0;
    }
  }

  /** {@code vault policies test}. */
  @Command(name = "test", description = "Make a provider account's test call.")
  static final class Test extends AdminCommand {

    @Parameters(paramLabel = "PROVIDER", description = "The provider account.")
    private String provider = "";

    @Option(names = "--account", required = true, paramLabel = "ID", description = "For whom.")
    private String account = "";

    @Option(names = "--live", description = "In live mode.")
    private boolean live;

    @Override
    public Integer call() {
      Map<String, @Nullable Object> tested =
          signedIn(Zone.VAULT)
              .post(
                  "providers/test",
                  Map.of("provider_account", provider, "account", account, "livemode", live));
      String outcome = text(tested, "outcome");
      print(
          tested,
          "%s at %s with %s: %s %s"
              .formatted(
                  provider,
                  text(tested, "host"),
                  text(tested, "secret"),
                  outcome.replace('_', ' '),
                  tested.containsKey("status")
                      ? text(tested, "status")
                      : EgressReasons.inWords(text(tested, "reason"))));
      return outcome.equals("works") ? 0 : 1;
    }
  }
}
