package dev.portcullis.cli.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Refusal;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class DatabaseServerTest {

  @Test
  void overANetworkTheServerMustProveWhoItIs() {
    for (String mode : new String[] {"", "?sslmode=require", "?sslmode=disable"}) {
      assertThatThrownBy(
              () -> DatabaseServer.outside("postgresql://admin@192.0.2.1/postgres" + mode, "x"))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("sslmode=verify-full");
    }
    DatabaseServer server =
        DatabaseServer.outside("postgresql://admin@192.0.2.1/postgres?sslmode=verify-full", "x");
    assertThat(server.url("portcullis_vault", null))
        .isEqualTo("jdbc:postgresql://192.0.2.1:5432/portcullis_vault?sslmode=verify-full");
  }

  @Test
  void onTheLoopbackItNeedNot() {
    DatabaseServer server =
        DatabaseServer.outside("jdbc:postgresql://admin@127.0.0.1:5433/postgres", null);
    assertThat(server.url("a", null)).isEqualTo("jdbc:postgresql://127.0.0.1:5433/a");
    assertThat(server.embedded()).isFalse();
  }

  @Test
  void aPasswordOnTheCommandLineIsRefused() {
    for (String url :
        new String[] {
          "postgresql://admin:secret@127.0.0.1/postgres",
          "postgresql://admin@127.0.0.1/postgres?password=secret"
        }) {
      assertThatThrownBy(() -> DatabaseServer.outside(url, null))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("PORTCULLIS_DATABASE_PASSWORD")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void whatIsNoDatabaseUrlIsRefused() {
    for (String url :
        new String[] {
          "mysql://admin@127.0.0.1/x",
          "nonsense",
          "postgresql://127.0.0.1/x",
          "postgresql://admin@127.0.0.1/x?sslmoed=verify-full"
        }) {
      assertThatThrownBy(() -> DatabaseServer.outside(url, null)).isInstanceOf(Refusal.class);
    }
  }

  @Test
  void aZoneReadsItsOwnCopyOfTheAuthority() {
    DatabaseServer server =
        DatabaseServer.outside(
            "postgresql://admin@127.0.0.1/postgres?sslmode=verify-full&sslrootcert=/etc/own.pem",
            null);
    assertThat(server.url("a", Path.of("/home/x/ca.pem")))
        .endsWith("?sslmode=verify-full&sslrootcert=/home/x/ca.pem");
  }
}
