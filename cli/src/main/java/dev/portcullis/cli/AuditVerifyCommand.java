package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code audit verify}: the vault computes its trail anew and says what it found; nobody else needs
 * a way into its database. Exit code 0 when every entry follows from the one before, 1 otherwise.
 */
@Command(
    name = "verify",
    description = "Check that no entry of the audit trail was changed, moved or taken out.")
final class AuditVerifyCommand implements Callable<Integer> {
  private static final int CONNECT_MILLIS = 2_000;
  private static final int READ_MILLIS = 120_000;
  private static final int MAX_ANSWER = 64 << 10;

  @Mixin private HomeOption home = new HomeOption();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Map<String, @Nullable Object> found = ask(port(home.home()));
    Object broken = found.get("broken");
    print(
        broken == null
            ? "The audit trail is whole: %s entries, head sha256:%s."
                .formatted(found.get("entries"), found.get("head"))
            : "The audit trail is broken at entry %s: the %s entries before it are whole, up to sha256:%s."
                .formatted(broken, found.get("entries"), found.get("head")));
    return broken == null ? 0 : 1;
  }

  private static int port(Home home) {
    return InstanceState.running(home).ports().vaultManagement();
  }

  private static Map<String, @Nullable Object> ask(int port) {
    HttpURLConnection connection = null;
    try {
      connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + "/audit").toURL().openConnection();
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(READ_MILLIS);
      connection.setInstanceFollowRedirects(false);
      if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
        throw new Refusal("The vault could not read its audit trail; its log says why.");
      }
      try (InputStream in = connection.getInputStream()) {
        Map<String, @Nullable Object> found = Json.readObject(in.readNBytes(MAX_ANSWER));
        if (found.get("entries") instanceof Long && found.get("head") instanceof String) {
          return found;
        }
      }
      throw new Refusal("What answers in the vault's place is not the vault.");
    } catch (IOException | MalformedJsonException e) {
      throw new Refusal("The vault does not answer; see ./portcullis status.", e);
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }

  private void print(String text) {
    if (spec != null) {
      spec.commandLine().getOut().println(text);
      spec.commandLine().getOut().flush();
    }
  }
}
