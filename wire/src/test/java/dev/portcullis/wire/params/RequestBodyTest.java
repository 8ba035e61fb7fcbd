package dev.portcullis.wire.params;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.error.ApiException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {

  private static final byte[] FORM = "a=b".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-Urlencoded ; Charset=UTF-8",
        "application/x-www-form-urlencoded; charset=\"utf-8\"",
        "application/x-www-form-urlencoded; v=1"
      })
  void readsFormsInUtf8(String type) {
    assertThat(RequestBody.decode(type, FORM).names()).containsExactly("a");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; charset=utf-8; charset=utf-16",
        "application/x-www-form-urlencoded; charset=utf-8; charset=utf-8",
        "application/x-www-form-urlencoded; charset = utf-16",
        "application/x-www-form-urlencoded, application/json",
        "application/jsonp"
      })
  void refusesEveryOtherType(@Nullable String type) {
    assertThatThrownBy(() -> RequestBody.decode(type, FORM))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.error().status()).isEqualTo(415));
  }

  @Test
  void jsonInAFormIsNoParameter() {
    byte[] json = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () ->
                Shape.of(Param.string("a"))
                    .read(RequestBody.decode("application/x-www-form-urlencoded", json)))
        .isInstanceOf(ApiException.class);
  }
}
