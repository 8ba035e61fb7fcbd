package dev.portcullis.wire.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.people.HashingPlaces.Asker;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {

  private static final SecretAccess ACCESS = SecretAccess.insecureGrant();

  private final Passwords passwords = new Passwords(ACCESS, new SecureRandom());
  private final PasswordRules rules = new PasswordRules(ACCESS);

  private String hash(String password) {
    return passwords.hash(Secret.of(password), Asker.STRANGER);
  }

  private boolean matches(String password, String hash) {
    return passwords.matches(Secret.of(password), hash, Asker.STRANGER);
  }

  @Test
  void aHashNamesItsParametersAndIsNeverTheSameTwice() {
    String one = hash("wooden teapot lantern");
    String two = hash("wooden teapot lantern");
    assertThat(one).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").isNotEqualTo(two);
    assertThat(matches("wooden teapot lantern", one)).isTrue();
    assertThat(matches("wooden teapot lanterN", one)).isFalse();
  }

  /** Made with the reference implementation: {@code argon2 somesalt...}, so that it is Argon2id. */
  @Test
  void aHashOfTheReferenceImplementationIsRead() {
    String reference =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assertThat(matches("password", reference)).isTrue();
    assertThat(matches("passwore", reference)).isFalse();
  }

  @Test
  void theSamePasswordOfAnotherKeyboardIsTheSame() {
    String composed = "caf\u00e9 lantern teapot";
    String decomposed = "cafe\u0301 lantern teapot";
    assertThat(matches(decomposed, hash(composed))).isTrue();
  }

  @Test
  void whatIsNoHashIsADefect() {
    assertThatThrownBy(() -> matches("x", "$argon2i$v=19$m=1,t=1,p=1$a$b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wooden teapot lantern",
        "x7#Qp2!vLm9z",
        "il pleut sur Nantes, souviens-toi",
        "дождливый вечер в порту",
        "annanas und birnenkompott"
      })
  void goodPasswordsAreTaken(String password) {
    rules.check("ann", Secret.of(password));
  }

  @ParameterizedTest
  @CsvSource({
    "short1!, password_length",
    "elevenchars, password_length",
    "password1234, password_common",
    "PASSWORD-2026!, password_common",
    "123Administrator456, password_common",
    "qwertyuiop123, password_common",
    "aaaaaaaaaaaaaa, password_common",
    "abcdefghijklm, password_common",
    "987654321098, password_common",
    "dogcatdogcatdogcat, password_common",
    "correct horse battery staple, password_common",
    "what margaret likes, password_contains_name",
    "MARGARET in the garden, password_contains_name",
    "my portcullis is shut, password_contains_name"
  })
  void badPasswordsAreRefusedAndTheReasonIsSaid(String password, String code) {
    assertThatThrownBy(() -> rules.check("margaret", Secret.of(password)))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> {
              assertThat(e.error().code()).isEqualTo(code);
              assertThat(e.error().param()).isEqualTo("password");
              assertThat(e.error().message()).doesNotContain(password);
            });
  }

  @Test
  void aPasswordOfTwelveAndOneOf256CharactersAreTakenAndOneMoreIsNot() {
    rules.check("ann", Secret.of("zq8vx2mlw7ty"));
    String longest = "zq8vx2mlw7ty-".repeat(19) + "end of it";
    assertThat(longest).hasSize(256);
    rules.check("ann", Secret.of(longest));
    assertThatThrownBy(() -> rules.check("ann", Secret.of(longest + "!")))
        .isInstanceOf(ApiException.class);
  }
}
