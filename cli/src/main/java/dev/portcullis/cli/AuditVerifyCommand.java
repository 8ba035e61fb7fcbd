package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code audit verify}: each zone computes its trail anew and says what it found; nobody else needs
 * a way into its database. Exit code 0 when every entry follows from the one before, 1 otherwise.
 */
@Command(
    name = "verify",
    description =
        "Check that no entry of the vault's and the gateway's audit trail was changed, moved or"
            + " taken out.")
final class AuditVerifyCommand implements Callable<Integer> {
  private static final int CONNECT_MILLIS = 2_000;
  private static final int READ_MILLIS = 120_000;
  private static final int MAX_ANSWER = 64 << 10;

  @Mixin private HomeOption home = new HomeOption();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Home place = home.home();
    Ports ports = InstanceState.running(place).ports();
    boolean whole = true;
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY)) {
      Map<String, @Nullable Object> found = ask(place, zone, ports);
      print(verdict(zone, found));
      whole &= found.get("broken") == null;
    }
    return whole ? 0 : 1;
  }

  private static String verdict(Zone zone, Map<String, @Nullable Object> found) {
    Object broken = found.get("broken");
    return broken == null
        ? "The %s's audit trail is whole: %s entries, head sha256:%s."
            .formatted(zone.label(), found.get("entries"), found.get("head"))
        : "The %s's audit trail is broken at entry %s: the %s entries before it are whole, up to sha256:%s."
            .formatted(zone.label(), broken, found.get("entries"), found.get("head"));
  }

  private static Map<String, @Nullable Object> ask(Home home, Zone zone, Ports ports) {
    int port = InstanceReport.managementPort(zone, ports);
    HttpURLConnection connection = null;
    try {
      connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + "/audit").toURL().openConnection();
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(READ_MILLIS);
      connection.setInstanceFollowRedirects(false);
      if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
        throw new Refusal(
            "The %s could not read its audit trail; its log says why.".formatted(zone.label()));
      }
      try (InputStream in = connection.getInputStream()) {
        Map<String, @Nullable Object> found = Json.readObject(in.readNBytes(MAX_ANSWER));
        if (found.get("entries") instanceof Long && found.get("head") instanceof String) {
          return found;
        }
      }
      throw new Refusal(
          "What answers in the %s's place is not the %s.".formatted(zone.label(), zone.label()));
    } catch (IOException | MalformedJsonException e) {
      throw new Refusal(
          "The %s does not answer; see %s.".formatted(zone.label(), home.command("status")), e);
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
