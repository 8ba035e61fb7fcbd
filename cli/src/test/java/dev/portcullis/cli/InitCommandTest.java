package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.certs.Authority;
import dev.portcullis.cli.certs.Identity;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

class InitCommandTest {

  @Test
  void whatIsRefusedLeavesNothingBehind() throws Exception {
    try (TestHome place = new TestHome()) {
      Path certificate = place.home().root().resolve("public.pem");
      Path key = place.home().root().resolve("public.key");
      Identity identity =
          Authority.create(Clock.systemUTC()).issue("api", Authority.Purpose.SERVER);
      Files.writeString(certificate, identity.chainPem());
      Files.writeString(key, identity.keyPem());
      for (Path file : List.of(certificate, key)) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      }
      Path home = place.home().root().resolve("new");
      StringWriter said = new StringWriter();
      int code =
          Main.commandLine()
              .setErr(new PrintWriter(said, true))
              .execute(
                  "init",
                  "--live",
                  "--home=" + home,
                  "--api-url=https://pay.example",
                  "--api-certificate=" + certificate,
                  "--api-key=" + key,
                  "--cards-url=http://cards.example",
                  "--cards-certificate=" + certificate,
                  "--cards-key=" + key,
                  "--master-key=sealed");
      assertThat(code).isEqualTo(1);
      assertThat(said.toString()).contains("--cards-url must be https", "clients would refuse it");
      assertThat(home).doesNotExist();
    }
  }
}
