package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.admin.AdminListener;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.people.Totp;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** People with passwords and authenticators, who use a gateway's administration. */
final class AdminPeople {

  static final String PASSWORD = "wooden teapot lantern";

  private final Gateway gateway;
  private final HttpClient client;
  private final Map<String, byte[]> authenticators = new LinkedHashMap<>();

  AdminPeople(Gateway gateway) {
    this.gateway = gateway;
    this.client =
        HttpClient.newBuilder()
            .sslContext(TlsContexts.client(null, gateway.home.resolve("admin.pem")))
            .build();
  }

  /** The same people, with the same authenticators, at another gateway of the same database. */
  AdminPeople at(Gateway elsewhere) {
    AdminPeople same = new AdminPeople(elsewhere);
    same.authenticators.putAll(authenticators);
    return same;
  }

  Gateway.Answer call(
      String method, String path, @Nullable String token, @Nullable Map<String, ?> body) {
    int port = gateway.context.getBean(AdminListener.class).port();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/admin/v1/" + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(Json.write(body)));
    if (token != null) {
      request.header(
          "Authorization", token.startsWith("place_") ? "Place " + token : "Bearer " + token);
    }
    try {
      HttpResponse<byte[]> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Gateway.Answer(response.statusCode(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Enrols somebody with a code. */
  void enroll(String code, String name) {
    Gateway.Answer begun =
        call(
            "POST",
            "enrollments",
            null,
            Map.of("enrollment_code", code, "name", name, "password", PASSWORD));
    assertThat(begun.status()).as(begun.text()).isEqualTo(200);
    authenticators.put(name, base32(begun.string("totp_secret")));
    Gateway.Answer confirmed =
        call(
            "POST",
            "enrollments/confirm",
            null,
            Map.of("enrollment_code", code, "name", name, "totp", code(name)));
    assertThat(confirmed.status()).as(confirmed.text()).isEqualTo(200);
  }

  /** Adds and enrols somebody. */
  void add(String by, String name, String role) {
    Gateway.Answer added = call("POST", "people", by, Map.of("name", name, "role", role));
    assertThat(added.status()).as(added.text()).isEqualTo(200);
    enroll(added.string("enrollment_code"), name);
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

  /** What stands on the authenticator's display. */
  String code(String name) {
    return Totp.code(
        Objects.requireNonNull(authenticators.get(name)), Totp.stepAt(gateway.clock.instant()));
  }

  Gateway.Answer signIn(String name, String password, String totp) {
    return signIn(name, password, totp, null);
  }

  /** Signs in from where a place was kept. */
  Gateway.Answer signIn(String name, String password, String totp, @Nullable String place) {
    return call("POST", "sign_in", place, Map.of("name", name, "password", password, "totp", totp));
  }

  /** Signs in with a code that was not used yet. */
  String token(String name) {
    gateway.clock.advance(Totp.STEP);
    Gateway.Answer got = signIn(name, PASSWORD, code(name));
    assertThat(got.status()).as(got.text()).isEqualTo(200);
    return got.string("token");
  }
}
