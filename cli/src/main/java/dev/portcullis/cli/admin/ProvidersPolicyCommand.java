package dev.portcullis.cli.admin;

import dev.portcullis.cli.connectors.ConnectorsCommand;
import dev.portcullis.cli.connectors.PolicyDraft;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ProviderSetup.SecretNeed;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code providers policy}: the forward policy for an account at a provider, which secrets it lacks
 * in the vault, and what to do next. It changes nothing in the vault.
 */
@Command(
    name = "policy",
    description = {
      "Write the forward policy for an account at a provider, and say which of its secrets are not"
          + " in the vault and what to do next. Signed in at the vault; changes nothing there."
    })
final class ProvidersPolicyCommand extends AdminCommand {

  @Parameters(paramLabel = "CONNECTOR", description = "See connectors list.")
  private String connectorName = "";

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "Your name for the account at the provider, the one that providers add takes.")
  private String name = "";

  @Option(
      names = "--account",
      paramLabel = "ID",
      description = "For whom; the sandbox's account otherwise.")
  private @Nullable String account;

  @Option(names = "--live", description = "It moves real money.")
  private boolean live;

  @Option(
      names = "--set",
      paramLabel = "PARAMETER=VALUE",
      description = "What differs from account to account; connectors show says what there is.")
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Option(
      names = "--simulator",
      description = "Have the sandbox's simulator stand in for the provider.")
  private boolean simulator;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "Where the provider may be told to send its notifications; the gateway's address for them"
              + " otherwise.")
  private @Nullable String url;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the policy is written; NAME-test.json or NAME-live.json otherwise.")
  private @Nullable Path out;

  @Override
  public Integer call() {
    Connector connector = ConnectorsCommand.find(connectorName);
    Home home = options().home().home();
    String whose = account == null ? only(home) : account;
    String address = url == null ? address(home, whose) : url;
    boolean reached = simulator || url != null || address.startsWith("https://");
    PolicyDraft draft = draft(connector, home);
    if (reached) {
      draft = draft.notifying(address);
    }
    List<SecretNeed> missing = new ArrayList<>();
    List<String> taken = new ArrayList<>();
    List<Map<String, @Nullable Object>> there = data(signedIn(Zone.VAULT).get("secrets"));
    SecretStanding.Use use = new SecretStanding.Use(whose, live, name, draft.host());
    for (SecretNeed need : draft.secrets()) {
      switch (SecretStanding.of(need.name(), use, there)) {
        case HERE -> {}
        case MISSING -> missing.add(need);
        case FOR_ANOTHER -> taken.add(need.name());
      }
    }
    if (!taken.isEmpty()) {
      throw new Refusal(
          "The vault has %s for another account, mode, provider account or host: choose another --name."
              .formatted(String.join(", ", taken)));
    }
    Path file = out == null ? Path.of(policyName() + ".json") : out;
    write(file, draft.json());
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "policy_draft");
    tree.put("file", file.toString());
    tree.put("policy", draft.json());
    tree.put("host", draft.host());
    tree.put("missing_secrets", missing.stream().map(SecretNeed::name).toList());
    String registered = draft.registered();
    tree.put("registered_secrets", registered == null ? List.of() : List.of(registered));
    boolean unreached = draft.isRegistered() && !reached;
    List<String> steps = steps(home, draft, whose, missing, file);
    if (unreached) {
      steps.removeLast(); // which registers the address
    }
    tree.put("next", steps);
    String lines = lines(file, missing, steps);
    print(tree, unreached ? lines + withoutAddress(address) : lines);
    return 0;
  }

  private PolicyDraft draft(Connector connector, Home home) {
    if (!simulator) {
      return PolicyDraft.of(connector, live, name, parameters);
    }
    if (live) {
      throw new Refusal("The simulator takes no real money: leave out --live or --simulator.");
    }
    if (Files.exists(home.liveNote())) {
      throw new Refusal("This home is for live payments and has no simulator.");
    }
    String origin = "https://localhost:" + InstanceState.running(home).ports().provider();
    return PolicyDraft.simulated(connector, origin, name, parameters);
  }

  /** As {@code providers list} shows it when the account is connected. */
  private String address(Home home, String whose) {
    String api = String.valueOf(InstanceState.running(home).facts().get("api"));
    return api.replaceFirst("/+$", "")
        + "/webhooks/"
        + String.join("/", connectorName, whose, live ? "live" : "test", name);
  }

  private String only(Home home) {
    if (InstanceState.running(home).facts().get("account") instanceof String id) {
      return id;
    }
    throw new Refusal("Say for whom with --account; `status` names the account.");
  }

  /** Each mode has a policy of its own, and a policy's name has no underscores. */
  private String policyName() {
    return name.replace('_', '-') + (live ? "-live" : "-test");
  }

  /** What is there is left as it is: somebody may have changed it. */
  static void write(Path file, String json) {
    try {
      Files.writeString(file, json, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw new Refusal(file + " is there already: name another file with --out.");
    } catch (IOException e) {
      throw HomeFiles.failure("write " + file, e);
    }
  }

  private List<String> steps(
      Home home, PolicyDraft draft, String whose, List<SecretNeed> missing, Path file) {
    List<String> steps = new ArrayList<>();
    String mode = live ? " --live" : "";
    String value = simulator ? " --value-file " + home.secret(Zone.VAULT, "provider-sandbox") : "";
    for (SecretNeed need : missing) {
      steps.add(
          home.command(
              "vault secrets put %s --account %s --provider %s --host %s%s%s"
                  .formatted(need.name(), whose, name, draft.host(), mode, value)));
    }
    steps.add(home.command("vault policies check " + policyName() + " " + file));
    steps.add(home.command("vault policies install " + policyName() + " " + file));
    steps.add(home.command("vault changes confirm chg_..."));
    steps.add(home.command("vault policies test %s --account %s%s".formatted(name, whose, mode)));
    steps.add(
        home.command(
            "providers add %s --connector %s --account %s%s"
                .formatted(name, connectorName, whose, mode)));
    if (draft.isRegistered()) {
      steps.add(
          home.command(
              "providers notifications register %s --account %s%s".formatted(name, whose, mode)));
    }
    return steps;
  }

  private static String withoutAddress(String address) {
    return System.lineSeparator()
        + "No address for notifications is in it: providers send none to "
        + address
        + ". With --url https://... one is.";
  }

  private static String lines(Path file, List<SecretNeed> missing, List<String> steps) {
    List<String> lines = new ArrayList<>();
    lines.add("The policy is in " + file + ".");
    lines.add(missing.isEmpty() ? "Its secrets are in the vault." : "Not in the vault yet:");
    for (SecretNeed need : missing) {
      lines.add("  secret://%s: %s".formatted(need.name(), need.what()));
      lines.add("    " + need.where());
    }
    lines.add("Next (another administrator confirms):");
    steps.forEach(step -> lines.add("  " + step));
    return String.join(System.lineSeparator(), lines);
  }

  /** Whether the vault has a secret that a policy needs. */
  enum SecretStanding {
    HERE,
    MISSING,
    FOR_ANOTHER;

    /** What a secret is bound to. */
    record Use(String account, boolean live, String provider, String host) {
      private boolean isOf(Map<String, @Nullable Object> secret) {
        return text(secret, "account").equals(account)
            && Boolean.valueOf(live).equals(secret.get("livemode"))
            && text(secret, "provider_account").equals(provider)
            && text(secret, "host").equals(host);
      }
    }

    /** By the versions of all secrets that the vault has. */
    static SecretStanding of(String name, Use use, List<Map<String, @Nullable Object>> there) {
      SecretStanding standing = MISSING;
      for (Map<String, @Nullable Object> secret : there) {
        if (text(secret, "name").equals(name) && !text(secret, "status").equals("retired")) {
          if (!use.isOf(secret)) {
            return FOR_ANOTHER;
          }
          standing = text(secret, "status").equals("active") ? HERE : standing;
        }
      }
      return standing;
    }
  }
}
