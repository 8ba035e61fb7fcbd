package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.people.People;
import dev.portcullis.wire.people.SetupCode;
import dev.portcullis.wire.people.Token;
import dev.portcullis.wire.people.Totp;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A vault's people, enrolled through its own listener, and what they ask of it. */
public final class Administrators {

  private static final String PASSWORD = "wooden teapot lantern";

  private final RunningVault vault;
  private final HttpClient client;
  private final Map<String, byte[]> authenticators = new LinkedHashMap<>();

  private Administrators(RunningVault vault) {
    this.vault = vault;
    this.client =
        HttpClient.newBuilder()
            .sslContext(TlsContexts.client(null, vault.ca.file("ca.pem")))
            .build();
  }

  /** The first person, on a register that was empty; the vault is started anew. */
  public static Administrators of(RunningVault vault, String first) throws IOException {
    vault.database.execute("truncate person_enrollment, admin_session, sign_in_attempts, person");
    String setup = Token.enrollmentCode(new SecureRandom());
    Path home = vault.home;
    Files.writeString(
        home.resolve("setup-code.json"),
        new SetupCode(Token.hash(setup), vault.clock.instant().plus(People.CODE_LIFE)).json());
    Files.write(
        home.resolve("vault.properties"),
        List.of("admin.setup-code=setup-code.json"),
        StandardOpenOption.APPEND);
    vault.restart();
    Administrators people = new Administrators(vault);
    people.enroll(setup, first);
    return people;
  }

  /** Another one, let in by somebody. */
  public void add(String name, String role, String by) {
    Got added = post("people", token(by), Map.of("name", name, "role", role));
    assertThat(added.status()).as(added.json().toString()).isEqualTo(200);
    enroll(added.text("enrollment_code"), name);
  }

  private void enroll(String code, String name) {
    Got begun =
        post(
            "enrollments",
            null,
            Map.of("enrollment_code", code, "name", name, "password", PASSWORD));
    assertThat(begun.status()).as(begun.json().toString()).isEqualTo(200);
    authenticators.put(name, base32(begun.text("totp_secret")));
    Got confirmed =
        post(
            "enrollments/confirm",
            null,
            Map.of("enrollment_code", code, "name", name, "totp", code(name)));
    assertThat(confirmed.status()).as(confirmed.json().toString()).isEqualTo(200);
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

  private String code(String name) {
    return Totp.code(
        Objects.requireNonNull(authenticators.get(name)), Totp.stepAt(vault.clock.instant()));
  }

  /** Signs in with a code that was not used yet. */
  public String token(String name) {
    vault.clock.advance(Totp.STEP);
    Got got = post("sign_in", null, Map.of("name", name, "password", PASSWORD, "totp", code(name)));
    assertThat(got.status()).as(got.json().toString()).isEqualTo(200);
    return got.text("token");
  }

  /** A command that changes. */
  public Got post(String path, @Nullable String token, Map<String, ?> body) {
    return send(
        path,
        token,
        request -> request.POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body))));
  }

  /** A command that reads. */
  public Got get(String path, @Nullable String token) {
    return send(path, token, HttpRequest.Builder::GET);
  }

  private Got send(
      String path,
      @Nullable String token,
      java.util.function.UnaryOperator<HttpRequest.Builder> method) {
    HttpRequest.Builder request =
        method.apply(
            HttpRequest.newBuilder(
                URI.create("https://localhost:" + vault.ports().admin() + "/admin/v1/" + path)));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return RunningVault.send(client, request.build());
  }
}
