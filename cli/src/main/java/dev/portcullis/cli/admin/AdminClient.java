package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Reasons;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.Spki;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One zone's administration. It trusts the home's own authority alone, and of its certificates only
 * the one that this zone has for it: no other zone can stand in and be told a password.
 */
final class AdminClient {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final int MOST_WAITS = 30;

  /** In seconds: a flood's bucket is full again sooner. */
  private static final long LONGEST_WAIT = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Home home;
  private final Zone zone;
  private final URI base;
  private final HttpClient http;
  private @Nullable String authorization;

  private AdminClient(Home home, Zone zone, URI base, HttpClient http) {
    this.home = home;
    this.zone = zone;
    this.base = base;
    this.http = http;
  }

  /**
   * The administration of a zone that runs.
   *
   * @throws Refusal if nothing runs in the home
   */
  static AdminClient of(Home home, Zone zone) {
    Ports ports = InstanceState.running(home).ports();
    int port = zone == Zone.VAULT ? ports.vaultAdmin() : ports.gatewayAdmin();
    Path certificate = home.tls(zone, "admin.pem");
    String pin = Spki.sha256(PemIdentity.readCertificates(certificate).getFirst());
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(TlsContexts.pinnedClient(null, home.authority().resolve("ca.pem"), pin))
            .build();
    return new AdminClient(
        home, zone, URI.create("https://localhost:" + port + "/admin/v1/"), http);
  }

  Zone zone() {
    return zone;
  }

  /** Shows this token from now on. */
  AdminClient with(String newToken) {
    authorization = "Bearer " + newToken;
    return this;
  }

  /** Shows that somebody signed in here before. */
  void fromPlace(String place) {
    authorization = "Place " + place;
  }

  Map<String, @Nullable Object> get(String path) {
    return send("GET", path, null);
  }

  Map<String, @Nullable Object> post(String path, Map<String, ? extends @Nullable Object> body) {
    return send("POST", path, body);
  }

  Map<String, @Nullable Object> delete(String path) {
    return send("DELETE", path, null);
  }

  /**
   * One command.
   *
   * @throws Refusal with the zone's own words if it refuses, or one sentence if it does not answer
   */
  private Map<String, @Nullable Object> send(
      String method, String path, @Nullable Map<String, ? extends @Nullable Object> body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(PATIENCE)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(Json.write(body)));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    try {
      HttpResponse<byte[]> response = answered(request.build());
      Map<String, @Nullable Object> tree = Json.readObject(response.body());
      if (response.statusCode() != 200) {
        throw refused(response, tree);
      }
      return tree;
    } catch (MalformedJsonException e) {
      throw noAnswer("what it says is no JSON", e);
    } catch (IOException e) {
      throw noAnswer(Reasons.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("Interrupted.", e);
    }
  }

  private Refusal noAnswer(String why, Exception e) {
    return new Refusal(
        "The %s's administration does not answer (%s).".formatted(zone.label(), why), e);
  }

  /**
   * The answer. Whoever is signed in and sends a file in pieces asks oftener than people do: where
   * the zone says to wait, that is waited for.
   */
  private HttpResponse<byte[]> answered(HttpRequest request)
      throws IOException, InterruptedException {
    boolean signedIn = authorization != null && authorization.startsWith("Bearer ");
    for (int left = MOST_WAITS; ; left--) {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      long seconds = response.headers().firstValueAsLong("Retry-After").orElse(LONGEST_WAIT + 1);
      if (response.statusCode() != 429 || !signedIn || left == 0 || seconds > LONGEST_WAIT) {
        return response;
      }
      TransferLines.pause(seconds);
    }
  }

  private Refusal refused(HttpResponse<byte[]> response, Map<String, @Nullable Object> tree) {
    Map<?, ?> error = tree.get("error") instanceof Map<?, ?> said ? said : Map.of();
    Object message = error.get("message");
    String sign =
        "session_required".equals(error.get("code"))
            ? " Sign in anew: eval \"$("
                + home.command("sign-in --as NAME --zone " + zone.label())
                + ")\""
            : "";
    String wait =
        response
            .headers()
            .firstValue("Retry-After")
            .map(seconds -> " Try again in " + seconds + " s.")
            .orElse("");
    return new Refusal(
        "The %s says: %s%s%s"
            .formatted(zone.label(), message == null ? "no." : message, wait, sign));
  }
}
