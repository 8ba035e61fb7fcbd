package dev.portcullis.wire.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.error.ApiException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class ApiKeyTest {

  private final ApiKey key = ApiKey.generate(KeyKind.SECRET, false, new SecureRandom());

  @Test
  void aKeyIsReadBack() {
    assertThat(key.text()).startsWith("sk_test_").hasSize(8 + 33 + 6);
    ApiKey parsed = ApiKey.parse(key.text()).orElseThrow();
    assertThat(parsed).isEqualTo(key);
    assertThat(parsed.kind()).isEqualTo(KeyKind.SECRET);
    assertThat(parsed.livemode()).isFalse();
    ApiKey live = ApiKey.generate(KeyKind.PUBLISHABLE, true, new SecureRandom());
    assertThat(ApiKey.parse(live.text()).orElseThrow().livemode()).isTrue();
  }

  @Test
  void aMisprintIsKnown() {
    char last = key.text().charAt(20);
    String misprint =
        key.text().substring(0, 20) + (last == 'a' ? 'b' : 'a') + key.text().substring(21);
    assertThat(ApiKey.parse(misprint)).isEmpty();
  }

  @Test
  void aKeyDoesNotShowItself() {
    assertThat(key.toString())
        .isEqualTo(key.redacted())
        .doesNotContain(key.text().substring(8, 43));
  }

  @Test
  void theHashDependsOnTheHashKey() {
    ApiKeyHasher one = hasher((byte) 1);
    assertThat(one.hash(key)).hasSize(32).isEqualTo(hasher((byte) 1).hash(key));
    assertThat(one.hash(key)).isNotEqualTo(hasher((byte) 2).hash(key));
    assertThatThrownBy(() -> new ApiKeyHasher(Secret.of("short"), SecretAccess.insecureGrant()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bothSchemesCarryAKey() {
    String basic =
        Base64.getEncoder().encodeToString((key.text() + ":").getBytes(StandardCharsets.US_ASCII));
    assertThat(Credentials.fromAuthorization("Bearer " + key.text())).isEqualTo(key);
    assertThat(Credentials.fromAuthorization("Basic " + basic)).isEqualTo(key);
  }

  @Test
  void whatIsNoKeyIsNotShownWhole() {
    for (String header :
        new String[] {null, "", "Digest x", "Bearer ", "Basic !!!", "Bearer sk_test_x"}) {
      assertThatThrownBy(() -> Credentials.fromAuthorization(header))
          .isInstanceOfSatisfying(
              ApiException.class, e -> assertThat(e.error().status()).isEqualTo(401));
    }
    String almost = key.text() + "x";
    assertThatThrownBy(() -> Credentials.fromAuthorization("Bearer " + almost))
        .message()
        .doesNotContain(almost)
        .doesNotContain(key.text());
  }

  private static ApiKeyHasher hasher(byte seed) {
    byte[] bytes = new byte[32];
    java.util.Arrays.fill(bytes, seed);
    return new ApiKeyHasher(Secret.ofBytes(bytes), SecretAccess.insecureGrant());
  }
}
