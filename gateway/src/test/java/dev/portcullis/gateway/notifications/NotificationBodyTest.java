package dev.portcullis.gateway.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotificationBodyTest {

  private static final boolean FORM = true;
  private static final boolean JSON = false;

  @Test
  void isAnObjectOrTheFieldsOfAForm() {
    assertThat(read(JSON, "{\"id\":\"WH-1\"}")).isEqualTo(Map.of("id", "WH-1"));
    assertThat(read(FORM, "bt_signature=p%7Cs&bt_payload=YQ%3D%3D%0A"))
        .isEqualTo(Map.of("bt_signature", "p|s", "bt_payload", "YQ==\n"));
  }

  /** What the vault has verified of two fields of one name need not be what is read here. */
  @ParameterizedTest
  @ValueSource(strings = {"a=1&a=2", "a=1&%61=2", "a=%zz"})
  void aFormThatCanBeReadTwoWaysIsNone(String body) {
    assertThat(read(FORM, body)).isNull();
  }

  /** To the vault it is a form with the good fields once each, in a member that nobody looks at. */
  @Test
  void aFormWithinJsonIsReadAsTheVaultHasReadIt() {
    String body = "{\"x\":\"&bt_signature=PK%7CHEX&bt_payload=GOOD&\",\"bt_payload\":\"FORGED\"}";
    assertThat(read(FORM, body)).containsEntry("bt_payload", "GOOD");
  }

  @Test
  void whatIsNeitherIsNothing() {
    assertThat(read(JSON, "a=1")).isNull();
    assertThat(read(FORM, "a=1&" + "b&".repeat(40))).isNull();
  }

  private static @Nullable Map<String, @Nullable Object> read(boolean form, String body) {
    return NotificationBody.read(form, body.getBytes(StandardCharsets.UTF_8));
  }
}
