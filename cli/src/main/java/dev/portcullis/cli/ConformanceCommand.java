package dev.portcullis.cli;

import dev.portcullis.cli.conformance.ApiDescription;
import dev.portcullis.cli.conformance.Comparison;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code conformance}: holds a published description of Stripe's API against the one that the
 * running instance serves of itself.
 */
@Command(
    name = "conformance",
    description = {
      "Say what of a published OpenAPI description (JSON) the running instance serves,"
          + " operation by operation.",
      "Parameters and fields are counted at their top level; what the cards origin takes is not"
          + " counted, and what belongs to another way to pay is counted for itself (+)."
    })
final class ConformanceCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Mixin private HomeOption home = new HomeOption();

  @Parameters(paramLabel = "PATH", description = "The description, in JSON.")
  private @Nullable Path file;

  @Option(names = "--missing", description = "Name what is missing, under each operation.")
  private boolean missing;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ApiDescription published = read();
    ApiDescription served = ApiDescription.parse(ask(home.home()));
    if (spec != null) {
      Comparison.lines(published.operations(), served.operations(), missing)
          .forEach(line -> spec.commandLine().getOut().println(line));
      spec.commandLine().getOut().flush();
    }
    return 0;
  }

  private ApiDescription read() throws IOException {
    if (file == null || !Files.isReadable(file)) {
      throw new Refusal("There is no file " + file + " that can be read.");
    }
    try {
      return ApiDescription.parse(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          "The file " + file + " is no OpenAPI description in JSON: " + e.getMessage(), e);
    }
  }

  private static byte[] ask(Home place) throws IOException, InterruptedException {
    Map<String, @Nullable Object> status = InstanceReport.of(place).tree(place);
    if (!(status.get("api") instanceof String api)
        || !(status.get("secret_key") instanceof String key)
        || !Boolean.TRUE.equals(status.get("ready"))) {
      throw new Refusal(
          "Nothing runs in %s that could say what it serves: start it first with %s."
              .formatted(place.root(), place.command("up --detach")));
    }
    try (HttpClient client =
        HttpClient.newBuilder()
            .sslContext(TlsContexts.client(null, place.authority().resolve("ca.pem")))
            .build()) {
      HttpResponse<byte[]> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(api + "/v1/openapi.json"))
                  .timeout(PATIENCE)
                  .header("Authorization", "Bearer " + key)
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new Refusal("The API answers " + answer.statusCode() + " instead of a description.");
      }
      return answer.body();
    }
  }
}
