package dev.portcullis.cli;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.webhooks.Listening;
import dev.portcullis.cli.webhooks.Listening.Delivery;
import dev.portcullis.cli.webhooks.Listening.Output;
import dev.portcullis.cli.webhooks.Listening.Wish;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.webhook.SigningSecret;
import dev.portcullis.wire.webhook.WebhookSigner;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code listen}: forwards events to a developer's own server until it is interrupted. */
@Command(
    name = "listen",
    description = {
      "Forward the account's events to a server on this machine, signed as deliveries are.",
      "Each event is sent once, in one attempt; its line says what the server answered.",
      "The signing secret comes from PORTCULLIS_WEBHOOK_SECRET; without it a new one is shown."
    })
final class ListenCommand implements Callable<Integer> {

  private static final String SECRET = "PORTCULLIS_WEBHOOK_SECRET";

  @Mixin private ApiOption instance = new ApiOption();

  @Option(
      names = "--forward-to",
      required = true,
      paramLabel = "URL",
      description = "Where to, as in http://localhost:3000/hook.")
  private URI target = URI.create("http://localhost");

  @Option(
      names = "--events",
      split = ",",
      paramLabel = "TYPES",
      description =
          "These types alone, with commas between them; charge.* means all that begin so.")
  private List<String> types = new ArrayList<>();

  @Option(
      names = "--skip-verify",
      description = "Take any certificate of a server on this machine.")
  private boolean unverified;

  @Option(
      names = "--allow-remote",
      description = "Let the server be on another machine: events may hold personal data.")
  private boolean anywhere;

  @Option(names = "--json", description = "One JSON object for each event.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    String given = System.getenv(SECRET);
    SigningSecret secret =
        given == null || given.isBlank()
            ? SigningSecret.generate(new SecureRandom())
            : SigningSecret.parse(given.strip())
                .orElseThrow(
                    () -> new Refusal(SECRET + " looks like whsec_ and base64 of 24 to 64 bytes."));
    Listening listening =
        new Listening(
            instance.api(),
            new Wish(target, types, anywhere, unverified),
            new WebhookSigner(List.of(secret), List.of()),
            InstantSource.system(),
            new Output(line -> Lines.toErr(spec, line), this::show));
    // Shown to the developer whose server verifies with it; it signs nothing but what listen sends.
    Lines.toErr(spec, "Signing secret: " + secret.text(SecretAccess.insecureGrant()));
    listening.run();
    return 0;
  }

  private void show(Delivery delivery) {
    Lines.toOut(spec, json ? delivery.json() : delivery.line());
  }
}
