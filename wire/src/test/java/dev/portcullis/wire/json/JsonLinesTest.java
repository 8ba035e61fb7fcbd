package dev.portcullis.wire.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonLinesTest {

  @Test
  void eachMemberHasItsLine() {
    JsonLines lines =
        JsonLines.of(
            """
            {
              "a": {"b": 1,
                    "c": [ true,
                           {"d": null} ] },
              "e": "x"
            }
            """);
    assertThat(lines.broken()).isEmpty();
    assertThat(lines.line("/a", 0)).isEqualTo(2);
    assertThat(lines.line("/a/b", 0)).isEqualTo(2);
    assertThat(lines.line("/a/c", 0)).isEqualTo(3);
    assertThat(lines.line("/a/c/1", 0)).isEqualTo(4);
    assertThat(lines.line("/a/c/1/d", 0)).isEqualTo(4);
    assertThat(lines.line("/e", 0)).isEqualTo(5);
    assertThat(lines.line("/a/missing", 0)).as("the next around it").isEqualTo(2);
    assertThat(lines.line("/missing", 1)).isEqualTo(1);
  }

  @Test
  void aBrokenTextIsNamedByItsLine() {
    assertThat(JsonLines.of("{\n \"a\": 1,\n \"b\" 2\n}").broken()).hasValue(3);
  }
}
