package dev.portcullis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.admin.ProvidersPolicyCommand.SecretStanding;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SecretStandingTest {

  private static Map<String, @Nullable Object> secret(String member, Object value) {
    Map<String, @Nullable Object> secret =
        new HashMap<>(
            Map.of(
                "name", "shop",
                "status", "active",
                "account", "acct_1",
                "livemode", true,
                "provider_account", "shop",
                "host", "api.example.com"));
    secret.put(member, value);
    return secret;
  }

  private static SecretStanding standing(List<Map<String, @Nullable Object>> there) {
    return SecretStanding.of(
        "shop", new SecretStanding.Use("acct_1", true, "shop", "api.example.com"), there);
  }

  @Test
  void oneThatIsBoundToTheSameIsThere() {
    assertThat(standing(List.of(secret("status", "active")))).isEqualTo(SecretStanding.HERE);
    assertThat(standing(List.of(secret("status", "waiting"), secret("status", "active"))))
        .isEqualTo(SecretStanding.HERE);
  }

  @Test
  void oneThatCannotBeUsedIsMissing() {
    assertThat(standing(List.of())).isEqualTo(SecretStanding.MISSING);
    assertThat(standing(List.of(secret("name", "shop-webhook")))).isEqualTo(SecretStanding.MISSING);
    assertThat(standing(List.of(secret("status", "retired")))).isEqualTo(SecretStanding.MISSING);
    assertThat(standing(List.of(secret("status", "waiting")))).isEqualTo(SecretStanding.MISSING);
  }

  @Test
  void oneOfSomebodyElseIsInTheWay() {
    assertThat(standing(List.of(secret("account", "acct_2"))))
        .isEqualTo(SecretStanding.FOR_ANOTHER);
    assertThat(standing(List.of(secret("livemode", false)))).isEqualTo(SecretStanding.FOR_ANOTHER);
    assertThat(standing(List.of(secret("host", "evil.example"))))
        .isEqualTo(SecretStanding.FOR_ANOTHER);
    assertThat(standing(List.of(secret("provider_account", "other"))))
        .isEqualTo(SecretStanding.FOR_ANOTHER);
  }
}
