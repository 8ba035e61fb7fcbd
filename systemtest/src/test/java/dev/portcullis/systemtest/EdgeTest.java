package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.certs.Authority;
import dev.portcullis.cli.certs.Identity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files in docs/edge, as the programs that read them see them. */
class EdgeTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;

  @BeforeEach
  void certificates() throws Exception {
    Authority authority = Authority.create(Clock.systemUTC());
    Files.writeString(folder.resolve("zones-ca.pem"), authority.identity().chainPem());
    for (String name : new String[] {"api", "cards"}) {
      Identity identity = authority.issue(name, Authority.Purpose.SERVER);
      Files.writeString(folder.resolve(name + ".key"), identity.keyPem());
      Files.writeString(folder.resolve(name + ".pem"), identity.chainPem() + identity.keyPem());
    }
  }

  private Path adapted(String name, String from, String to) throws Exception {
    String text = Files.readString(Portcullis.checkout().resolve("docs/edge").resolve(name));
    assertThat(text).contains(from);
    return Files.writeString(folder.resolve(name), text.replace(from, to));
  }

  @Test
  void haproxyTakesIts() throws Exception {
    TlsScanTest.requireTool("haproxy");
    Path file = adapted("haproxy.cfg", "/etc/haproxy/certs", folder.toString());
    Files.writeString(file, Files.readString(file).replace("/etc/haproxy", folder.toString()));
    CommandResult result = Commands.run(LIMIT, "haproxy", "-c", "-f", file.toString());
    assertThat(result.exitCode()).as(result.said()).isZero();
    assertThat(result.said()).doesNotContain("[WARNING]", "[ALERT]");
  }

  @Test
  void nginxTakesIts() throws Exception {
    TlsScanTest.requireTool("nginx");
    Path file = adapted("nginx.conf", "events {", "pid " + folder + "/nginx.pid;\nevents {");
    CommandResult result =
        Commands.run(LIMIT, "nginx", "-t", "-q", "-p", folder + "/", "-c", file.toString());
    assertThat(Stream.of(result.said().split("\n")).filter(l -> l.contains("[emerg]"))).isEmpty();
    assertThat(result.exitCode()).as(result.said()).isZero();
  }
}
