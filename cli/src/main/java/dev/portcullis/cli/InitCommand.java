package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.cli.setup.LiveHome;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code init --live}: a home for live payments. Exit code 0 when it is set up, 1 otherwise. */
@Command(
    name = "init",
    description = "Set up a home for live payments; docs/OPERATIONS.md walks through it.",
    sortOptions = false)
final class InitCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();

  @Option(
      names = "--live",
      description = "For live payments; a sandbox needs no init, up makes it.")
  private boolean live;

  @Option(
      names = "--api-url",
      paramLabel = "URL",
      required = true,
      description = "The API's address as clients know it.")
  private String apiUrl = "";

  @Option(
      names = "--api-certificate",
      paramLabel = "FILE",
      required = true,
      description = "Its certificate in PEM, leaf first.")
  private Path apiCertificate = Path.of("");

  @Option(
      names = "--api-key",
      paramLabel = "FILE",
      required = true,
      description = "The certificate's private key, PKCS #8 in PEM.")
  private Path apiKey = Path.of("");

  @Option(
      names = "--cards-url",
      paramLabel = "URL",
      required = true,
      description = "The cards origin's address as clients know it.")
  private String cardsUrl = "";

  @Option(
      names = "--cards-certificate",
      paramLabel = "FILE",
      required = true,
      description = "Its certificate.")
  private Path cardsCertificate = Path.of("");

  @Option(
      names = "--cards-key",
      paramLabel = "FILE",
      required = true,
      description = "The private key of that.")
  private Path cardsKey = Path.of("");

  @Option(
      names = "--master-key",
      paramLabel = "WHERE",
      required = true,
      description =
          "Where the vault's master key lives: sealed (custodians' shares), pkcs11, aws-kms or"
              + " transit.")
  private String masterKey = "";

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "The address that both origins listen on (${DEFAULT-VALUE}).")
  private String listen = "127.0.0.1";

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "A further setting of docs/CONFIGURATION.md, such as vault.master-key.pkcs11.slot=0; as"
              + " often as needed. What is secret is named secret://NAME.")
  private Map<String, String> more = new LinkedHashMap<>();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (!live) {
      throw new Refusal("up makes a sandbox by itself; init --live sets up live payments.");
    }
    LiveHome.Wish wish =
        new LiveHome.Wish(
            new LiveHome.Origin(apiUrl, apiCertificate, apiKey),
            new LiveHome.Origin(cardsUrl, cardsCertificate, cardsKey),
            masterKey,
            listen,
            more);
    // Before anything is made that a refusal would leave behind.
    new LiveHome(home.trusted(), Accounts.detect()).examine(wish, Clock.systemUTC().instant());
    Home place = home.make();
    new LiveHome(place, Accounts.detect()).make(wish);
    Lines.toOut(spec, next(place));
    return 0;
  }

  /** What is left, in its order. */
  private String next(Home place) {
    return """
    ${home} is set up for live payments: no sandbox, no simulator, no API key. Next:
    ${secrets}  ${up}
      ${codes}   the first administrators' codes, shown once
    ${shares}  ${gateway}
      ${vault}
      ${second}   a second one in each zone
      ${backup}   and a backup each day
      ${secret}   and a policy: docs/FORWARD_POLICY.md
      ${doctor}   what is missing still
      ${keys}\
    """
        .replace("${secrets}", secrets(place))
        .replace("${shares}", shares(place))
        .replace("${home}", place.root().toString())
        .replace("${up}", place.command("up --detach"))
        .replace("${codes}", place.command("people setup-code"))
        .replace("${gateway}", place.command("people enroll NAME --zone gateway"))
        .replace("${vault}", place.command("people enroll NAME --zone vault"))
        .replace("${second}", place.command("people add NAME --role administrator"))
        .replace("${backup}", place.command("backup-key create --to FILE"))
        .replace("${secret}", place.command("vault secrets put NAME --live ..."))
        .replace("${doctor}", place.command("doctor --production"))
        .replace("${keys}", place.command("keys create --live"));
  }

  private String secrets(Home place) {
    return more.values().stream()
        .filter(value -> value.startsWith("secret://") && !value.startsWith("secret://env/"))
        .map(value -> value.substring("secret://".length()))
        .map(
            name ->
                "  put the secret into %s, for the vault's account alone%n"
                    .formatted(place.zone(dev.portcullis.cli.home.Zone.VAULT) + "/secrets/" + name))
        .reduce("", String::concat);
  }

  private String shares(Home place) {
    return masterKey.equals("sealed")
        ? "  %s%n  %s   each custodian, after every start%n"
            .formatted(
                place.command("vault init --shares 5 --threshold 3 --setup-code-file FILE"),
                place.command("vault unseal"))
        : "";
  }
}
