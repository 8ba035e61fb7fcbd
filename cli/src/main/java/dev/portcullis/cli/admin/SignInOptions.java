package dev.portcullis.cli.admin;

import dev.portcullis.cli.HomeOption;
import dev.portcullis.cli.home.Zone;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a command goes, and as whom. */
final class SignInOptions {

  @Mixin private HomeOption home = new HomeOption();

  @Option(names = "--as", paramLabel = "NAME", description = "Who you are; asked for otherwise.")
  private @Nullable String name;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "Your password is this file's first line (- for standard input).")
  private @Nullable String passwordFile;

  @Option(
      names = "--code",
      paramLabel = "DIGITS",
      description = "Your authenticator's code; asked for otherwise.")
  private @Nullable String code;

  /** The zone's administration, with nobody signed in. */
  AdminClient client(Zone zone) {
    return AdminClient.of(home.home(), zone);
  }

  HomeOption home() {
    return home;
  }

  /** The file that a new password is read from, where one was named. */
  @Nullable String passwordFile() {
    return passwordFile;
  }

  /** The zone's administration, signed in: with the shell's session, or else anew. */
  AdminClient signedIn(Zone zone, Prompt prompt) {
    String token = System.getenv(variable(zone));
    AdminClient client = client(zone);
    return name == null && token != null && !token.isBlank()
        ? client.with(token)
        : client.with(String.valueOf(signIn(client, prompt).get("token")));
  }

  /** Opens a session; what the zone says of it, its token too. */
  Map<String, @Nullable Object> signIn(AdminClient client, Prompt prompt) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    String who =
        name == null
            ? prompt.plain(
                "Name",
                "Say it with --as; who has not enrolled yet begins with "
                    + home.home().command("people setup-code")
                    + ".")
            : name;
    body.put("name", who);
    body.put("password", prompt.secret("password", passwordFile, "--password-file"));
    body.put("totp", code == null ? prompt.plain("Code", "Say it with --code.") : code);
    KnownPlaceFile place = new KnownPlaceFile(home.home(), client.zone(), who);
    place.read().ifPresent(client::fromPlace);
    Map<String, @Nullable Object> session = client.post("sign_in", body);
    if (session.remove("place") instanceof String given) {
      place.keep(given, prompt);
    }
    return session;
  }

  /** The variable of the environment that holds a shell's session. */
  static String variable(Zone zone) {
    // PORTCULLIS_VAULT_... would be a setting of the vault.
    return zone == Zone.VAULT ? "PORTCULLIS_SESSION_VAULT" : "PORTCULLIS_SESSION";
  }
}
