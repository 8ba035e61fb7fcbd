package dev.portcullis.systemtest;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.portcullis.wire.people.Totp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Somebody with a password and an authenticator, who enrolled with the instance's setup code and
 * uses the command line as a person does.
 */
final class Administrator {

  static final String PASSWORD = "wooden teapot lantern";

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Map<Path, Map<String, String>> SETUP_CODES = new ConcurrentHashMap<>();
  private static final Map<Path, Administrator> FIRST = new ConcurrentHashMap<>();

  private final Portcullis portcullis;
  private final String name;
  private final String zone;
  private byte[] secret = new byte[0];
  private String session = "";

  private Administrator(Portcullis portcullis, String name, String zone) {
    this.portcullis = portcullis;
    this.name = name;
    this.zone = zone;
  }

  /** The gateway's first administrator, signed in; the same one for every test of an instance. */
  static Administrator of(Portcullis portcullis) {
    return FIRST.computeIfAbsent(
        portcullis.home(),
        _ -> {
          Administrator first = new Administrator(portcullis, "margaret", "gateway");
          first.enroll(setupCode(portcullis, "gateway"));
          first.signIn();
          return first;
        });
  }

  /** Somebody who has yet to enrol. */
  static Administrator named(Portcullis portcullis, String name, String zone) {
    return new Administrator(portcullis, name, zone);
  }

  /** The same person at another instance, with the same password and authenticator. */
  Administrator at(Portcullis elsewhere) {
    Administrator same = new Administrator(elsewhere, name, zone);
    same.secret = secret;
    same.session = session;
    return same;
  }

  /** The setup code of a zone; it can be read once, so it is kept here. */
  static String setupCode(Portcullis portcullis, String zone) {
    Map<String, String> codes =
        SETUP_CODES.computeIfAbsent(
            portcullis.home(),
            _ -> {
              String out = portcullis.run(PATIENCE, "people", "setup-code", "--json").succeeded();
              Map<String, String> read = new LinkedHashMap<>();
              JsonParser.parseString(out)
                  .getAsJsonObject()
                  .entrySet()
                  .forEach(entry -> read.put(entry.getKey(), entry.getValue().getAsString()));
              return read;
            });
    String code = codes.get(zone);
    if (code == null) {
      throw new AssertionError("no setup code of the " + zone);
    }
    return code;
  }

  /** Enrols through the command line, with the authenticator's first code typed in. */
  void enroll(String enrollmentCode) {
    try {
      Process process =
          start(
              "people",
              "enroll",
              name,
              "--zone",
              zone,
              "--enrollment-code-file",
              file(enrollmentCode),
              "--password-file",
              file(PASSWORD),
              "--json");
      try (BufferedReader out =
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
          Writer in = process.outputWriter(StandardCharsets.UTF_8)) {
        String begun = out.readLine();
        if (begun == null || !begun.startsWith("{")) {
          throw new AssertionError(
              "not enrolled: "
                  + begun
                  + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        secret =
            base32(
                JsonParser.parseString(begun).getAsJsonObject().get("totp_secret").getAsString());
        in.write(code(0) + "\n");
        in.flush();
        out.lines().forEach(_ -> {});
      }
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError(name + " could not enrol");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Portcullis.checkout().resolve("portcullis").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("--home", portcullis.home().toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PORTCULLIS_BUILD", "never");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder.start();
  }

  /**
   * Opens a session. Enrolling has used the step that is now, so it takes the code of the next one,
   * which counts already.
   */
  void signIn() {
    CommandResult result =
        portcullis.run(
            PATIENCE,
            "sign-in",
            "--zone",
            zone,
            "--as",
            name,
            "--password-file",
            file(PASSWORD),
            "--code",
            code(1),
            "--json");
    session =
        JsonParser.parseString(result.succeeded()).getAsJsonObject().get("token").getAsString();
  }

  /** The code of now, or of so many steps from now. */
  String code(int stepsAhead) {
    return Totp.code(secret, Totp.stepAt(InstantSource.system().instant()) + stepsAhead);
  }

  String session() {
    return session;
  }

  /** A command within the session. */
  CommandResult run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--home", portcullis.home().toString()));
    String variable = zone.equals("vault") ? "PORTCULLIS_SESSION_VAULT" : "PORTCULLIS_SESSION";
    return Portcullis.launch(PATIENCE, Map.of(variable, session), all);
  }

  /** What a command that succeeds says in JSON. */
  JsonObject json(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    return JsonParser.parseString(run(all.toArray(String[]::new)).succeeded()).getAsJsonObject();
  }

  /** A file with one line. */
  static String file(String line) {
    try {
      Path file = Files.createTempFile("line", ".txt");
      file.toFile().deleteOnExit();
      return Files.writeString(file, line + "\n").toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** RFC 4648's digits of base 32 as those that a number is read with. */
  private static byte[] base32(String text) {
    String digits =
        text.chars()
            .mapToObj(c -> Character.forDigit("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c), 32))
            .map(String::valueOf)
            .collect(Collectors.joining());
    byte[] number = new BigInteger(digits, 32).toByteArray();
    byte[] secret = new byte[20];
    int length = Math.min(number.length, secret.length);
    System.arraycopy(number, number.length - length, secret, secret.length - length, length);
    return secret;
  }
}
