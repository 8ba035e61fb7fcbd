package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.webhooks.Api;
import dev.portcullis.wire.tls.TlsContexts;
import dev.portcullis.wire.tls.TlsFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whose API a command asks, and by which key. */
final class ApiOption {

  @Mixin private HomeOption home = new HomeOption();

  @Option(
      names = "--api",
      paramLabel = "URL",
      description = {
        "Another instance's API. The variable " + Api.KEY_VARIABLE + " holds the key for it;",
        "without it the sandbox's own test key is used."
      })
  private @Nullable String url;

  /**
   * Where it is.
   *
   * @throws Refusal if nothing runs, or there is no key
   */
  Api api() {
    Home place = home.home();
    Map<String, @Nullable Object> status = InstanceReport.of(place).tree(place);
    String key = System.getenv(Api.KEY_VARIABLE);
    if (url == null && !(status.get("api") instanceof String)) {
      throw new Refusal(
          "Nothing runs in %s: start it first with %s."
              .formatted(place.root(), place.command("up --detach")));
    }
    String base = url == null ? String.valueOf(status.get("api")) : url.replaceFirst("/+$", "");
    if (key == null || key.isBlank()) {
      if (url != null || !(status.get("secret_key") instanceof String own)) {
        throw new Refusal("Put the API key into " + Api.KEY_VARIABLE + ".");
      }
      key = own;
    }
    Path authority = place.authority().resolve("ca.pem");
    try {
      return new Api(
          base,
          key.strip(),
          TlsContexts.client(null, url == null && Files.isReadable(authority) ? authority : null));
    } catch (TlsFileException e) {
      throw new Refusal("The authority in " + authority + " cannot be used.", e);
    }
  }
}
