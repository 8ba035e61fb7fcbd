package dev.portcullis.wire.config;

import dev.portcullis.kit.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where a secret lies: {@code secret://name} or {@code secret://env/NAME}. */
public sealed interface SecretReference {

  /** A file of this name in the folder {@code secrets} beside the configuration. */
  record InFile(String name) implements SecretReference {}

  /** A variable of the process's environment. */
  record InEnvironment(String variable) implements SecretReference {}

  /** Reads a reference; empty if it is none. */
  static Optional<SecretReference> parse(String text) {
    if (Patterns.FILE.matcher(text).matches()) {
      return Optional.of(new InFile(text.substring("secret://".length())));
    }
    if (Patterns.ENVIRONMENT.matcher(text).matches()) {
      return Optional.of(new InEnvironment(text.substring("secret://env/".length())));
    }
    return Optional.empty();
  }

  /**
   * What is wrong with a text that should be a reference; never the text, which may be a secret.
   */
  static Optional<String> fault(String text) {
    if (parse(text).isPresent()) {
      return Optional.empty();
    }
    if (Patterns.STEERING.matcher(text).matches()) {
      return Optional.of("names a variable that steers programs: no secret is looked for there");
    }
    return Optional.of(
        text.startsWith("secret://vault/")
            ? "refers to an outside store of secrets (secret://vault/), and none can be asked yet:"
                + " have the store write a file and use secret://name"
            : "must refer to a secret by secret://name or secret://env/NAME and never hold one");
  }

  /**
   * The secret without the white space around it.
   *
   * @throws ConfigException if it is not there
   */
  default Secret resolve(Path secrets, Map<String, String> environment) {
    return switch (this) {
      case InFile(String name) -> read(secrets.resolve(name));
      case InEnvironment(String variable) -> {
        String value = environment.getOrDefault(variable, "").strip();
        if (value.isEmpty()) {
          throw new ConfigException(
              "The environment variable " + variable + ", which should hold a secret, is not set.");
        }
        yield Secret.of(value);
      }
    };
  }

  private static Secret read(Path file) {
    try {
      return Secret.of(Files.readString(file, StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      throw new ConfigException("The secret file " + file + " cannot be read.", e);
    }
  }

  /** An interface has no private fields. */
  final class Patterns {
    private static final Pattern FILE = Pattern.compile("secret://[a-z0-9][a-z0-9.-]{0,99}");
    private static final Pattern ENVIRONMENT =
        Pattern.compile("secret://env/" + SteeringVariables.NONE + "[A-Z_][A-Z0-9_]{0,99}");

    /** Of the form, and none of those. */
    private static final Pattern STEERING = Pattern.compile("secret://env/[A-Z_][A-Z0-9_]{0,99}");

    private Patterns() {}
  }
}
