package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * An instance whose master key lies in an HSM, set up as OPERATIONS.md says: SoftHSM2 here. Cards
 * that come from elsewhere and go elsewhere pass through it too.
 */
@Order(56)
class HsmTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String PIN = "64913827";
  private static final Pattern SLOT = Pattern.compile("reassigned to slot (\\d+)");
  private static final List<Path> LIBRARIES =
      Stream.of(System.getProperty("softhsm.libraries", "").split(":"))
          .map(Path::of)
          .filter(Files::isRegularFile)
          .toList();

  @Test
  void cardsAreTakenPaidWithAndHandedOverByAKeyInAnHsmAndNothingGoesWithoutItsPin()
      throws Exception {
    boolean there = !LIBRARIES.isEmpty() && Commands.exists("softhsm2-util");
    if (!there && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("SoftHSM2 is not installed, and nothing is skipped here");
    }
    Assumptions.assumeTrue(there, "SoftHSM2 is not installed (Debian: softhsm2)");
    Path token = Portcullis.freshFolder("portcullis-token");
    Path home = Portcullis.freshFolder("portcullis-home");
    Map<String, String> library = Map.of("SOFTHSM2_CONF", token.resolve("conf").toString());
    write(home, makeToken(token, library));
    Path pin = home.resolve("vault/secrets/key-service-pin");
    try (Portcullis portcullis = Portcullis.start(home, library)) {
      LifecycleTest.pay(portcullis);
      assertThat(home.resolve("vault/secrets/master-key")).doesNotExist();
      try (MovingCards cards = new MovingCards(portcullis)) {
        cards.comeInArePaidWithAndGo();
      }
      portcullis.stop().succeeded();

      Files.writeString(pin, "11111111");
      assertThat(portcullis.tryUp().said())
          .contains("refuses the PIN (CKR_PIN_INCORRECT)")
          .doesNotContain("Exception", "\tat ");
      portcullis.stop();

      Files.writeString(pin, PIN);
      portcullis.up();
      LifecycleTest.pay(portcullis);
    } finally {
      Portcullis.delete(token);
    }
  }

  private static void write(Path home, String slot) throws IOException {
    Files.writeString(
        home.resolve("portcullis.properties"),
        """
        vault.master-key.provider=pkcs11
        vault.master-key.pkcs11.library=%s
        vault.master-key.pkcs11.slot=%s
        vault.master-key.pkcs11.key=master-1
        vault.master-key.pkcs11.pin=secret://key-service-pin
        vault.master-key.pkcs11.variables=SOFTHSM2_CONF
        """
            .formatted(LIBRARIES.getFirst(), slot));
    Path secrets = Files.createDirectories(home.resolve("vault/secrets"));
    Files.writeString(secrets.resolve("key-service-pin"), PIN);
  }

  /** A token with one key, which the vault's account may read; its slot. */
  private static String makeToken(Path folder, Map<String, String> library) throws IOException {
    Path tokens = Files.createDirectory(folder.resolve("tokens"));
    Files.writeString(
        folder.resolve("conf"),
        "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
    String made =
        tool(library, "--init-token", "--free", "--label", "portcullis", "--so-pin", PIN)
            .succeeded();
    Matcher slot = SLOT.matcher(made);
    assertThat(slot.find()).as(made).isTrue();
    // Digits as bytes: the tool ends a key at the first byte that it takes for a space.
    byte[] half = new byte[16];
    new SecureRandom().nextBytes(half);
    Path file = Files.writeString(folder.resolve("key"), HexFormat.of().formatHex(half));
    tool(
            library,
            "--import",
            file.toString(),
            "--aes",
            "--token",
            "portcullis",
            "--label",
            "master-1",
            "--id",
            "01")
        .succeeded();
    Files.delete(file);
    open(folder);
    return slot.group(1);
  }

  private static CommandResult tool(Map<String, String> library, String... arguments) {
    List<String> command =
        Stream.concat(Stream.of("softhsm2-util", "--pin", PIN), Stream.of(arguments)).toList();
    return Commands.run(LIMIT, library, command);
  }

  /** The vault may run as an account of its own, and a session locks a file of the token. */
  private static void open(Path folder) throws IOException {
    Set<PosixFilePermission> all = PosixFilePermissions.fromString("rwxrwxrwx");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        Files.setPosixFilePermissions(file, all);
      }
    }
  }
}
