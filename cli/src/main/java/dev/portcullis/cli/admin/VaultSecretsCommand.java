package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Zone;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vault secrets}: the providers' secrets, which go in and never come out; lists them. */
@Command(
    name = "secrets",
    description = "List the providers' secrets: names, versions, what each is for; never a value.",
    subcommands = {VaultSecretsCommand.Put.class, VaultSecretsCommand.Retire.class})
final class VaultSecretsCommand extends AdminCommand {

  @Override
  public Integer call() {
    Map<String, @Nullable Object> secrets = signedIn(Zone.VAULT).get("secrets");
    print(
        secrets,
        data(secrets).stream()
            .map(VaultSecretsCommand::line)
            .collect(Collectors.joining(System.lineSeparator())));
    return 0;
  }

  private static String line(Map<String, @Nullable Object> secret) {
    return "secret://%s version %s  %-7s  %s %s, %s at %s, by %s from %s on"
        .formatted(
            text(secret, "name"),
            text(secret, "version"),
            text(secret, "status"),
            text(secret, "account"),
            Boolean.TRUE.equals(secret.get("livemode")) ? "live" : "test",
            text(secret, "provider_account"),
            text(secret, "host"),
            text(secret, "created_by"),
            time(secret, "active_from", "-"));
  }

  /** {@code vault secrets put}: a first or a next version. */
  @Command(
      name = "put",
      description =
          "Enter a provider's secret, asked for without echo; another administrator confirms that a"
              + " next version is used.")
  static final class Put extends AdminCommand {

    @Parameters(paramLabel = "NAME", description = "What policies call it: secret://NAME.")
    private String name = "";

    @Option(names = "--account", required = true, paramLabel = "ID", description = "For whom.")
    private String account = "";

    @Option(names = "--live", description = "It moves real money.")
    private boolean live;

    @Option(
        names = "--provider",
        required = true,
        paramLabel = "NAME",
        description = "The provider account that policies name.")
    private String provider = "";

    @Option(
        names = "--host",
        required = true,
        paramLabel = "HOST",
        description = {
          "The one host that it is sent to, with its port where that is not 443;",
          "where another host makes the provider's tokens, that one after a comma."
        })
    private String host = "";

    @Option(
        names = "--in",
        paramLabel = "DURATION",
        description = "From when it is used (30m, 24h, 7d); until then the version before is.")
    private @Nullable String in;

    @Option(
        names = "--value-file",
        paramLabel = "FILE",
        description = "The secret is this file's first line (- for standard input).")
    private @Nullable String file;

    @Override
    public Integer call() {
      AdminClient vault = signedIn(Zone.VAULT);
      Map<String, @Nullable Object> body = new LinkedHashMap<>();
      body.put("name", name);
      body.put("account", account);
      body.put("livemode", live);
      body.put("provider_account", provider);
      body.put("host", host);
      body.put("value", prompt().secret("secret", file, "--value-file"));
      if (in != null) {
        body.put("active_from", now().plus(KeysCommand.duration(in)).getEpochSecond());
      }
      Map<String, @Nullable Object> made = vault.post("secrets", body);
      print(
          made,
          made.get("change") instanceof Map<?, ?>
              ? line(made)
                  + System.lineSeparator()
                  + VaultChangesCommand.proposed(this, object(made.get("change")))
              : line(made));
      return 0;
    }
  }

  /** {@code vault secrets retire}. */
  @Command(
      name = "retire",
      description = "Propose to destroy a version; another administrator confirms it.")
  static final class Retire extends AdminCommand {

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Parameters(index = "1", paramLabel = "VERSION")
    private int version;

    @Override
    public Integer call() {
      Map<String, @Nullable Object> retired =
          signedIn(Zone.VAULT).post("secrets/" + name + "/retire", Map.of("version", version));
      print(retired, VaultChangesCommand.proposed(this, retired));
      return 0;
    }
  }
}
