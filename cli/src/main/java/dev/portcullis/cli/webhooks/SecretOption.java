package dev.portcullis.cli.webhooks;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a receiver's secret comes from. */
final class SecretOption {

  private static final String VARIABLE = "PORTCULLIS_WEBHOOK_SECRET";
  private static final int LONGEST = 10_000;

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description = "The file with the receiver's secret; - reads standard input.")
  private @Nullable String file;

  @Option(
      names = "--secret",
      paramLabel = "SECRET",
      description = {
        "The secret itself. Every user of this machine can read a command line: better is",
        "--secret-file, or the variable " + VARIABLE + "."
      })
  private @Nullable String text;

  /** The secret, without blanks around it. */
  String read() {
    String secret = given().strip();
    if (secret.isEmpty() || secret.length() > LONGEST) {
      throw new Refusal("Give the receiver's secret by --secret-file, or in " + VARIABLE + ".");
    }
    return secret;
  }

  private String given() {
    if (text != null) {
      return text;
    }
    try {
      if (file == null) {
        String variable = System.getenv(VARIABLE);
        return variable == null ? "" : variable;
      }
      byte[] bytes =
          file.equals("-") ? System.in.readNBytes(LONGEST + 1) : Files.readAllBytes(Path.of(file));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw HomeFiles.failure("read the secret in " + file, e);
    }
  }
}
