package dev.portcullis.connectors.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DeclineTableTest {

  @Test
  void eachCodeHasItsOwn() {
    DeclineTable table = DeclineTable.of("EXPIRED_CARD: 54 33\nLOST_CARD: 41\nEXPIRED_CARD: 55\n");
    assertThat(table.decline("33")).isEqualTo(DeclineCode.EXPIRED_CARD);
    assertThat(table.decline("55")).isEqualTo(DeclineCode.EXPIRED_CARD);
    assertThat(table.decline("41")).isEqualTo(DeclineCode.LOST_CARD);
    assertThat(table.has("41")).isTrue();
  }

  @Test
  void aCodeThatIsNewIsARefusalAllTheSame() {
    DeclineTable table = DeclineTable.of("LOST_CARD: 41");
    assertThat(table.decline("99")).isEqualTo(DeclineCode.GENERIC_DECLINE);
    assertThat(table.decline(null)).isEqualTo(DeclineCode.GENERIC_DECLINE);
    assertThat(table.has("99")).isFalse();
    assertThat(table.has(null)).isFalse();
  }

  @Test
  void nothingStandsTwiceAndNoNameIsMadeUp() {
    assertThatThrownBy(() -> DeclineTable.of("LOST_CARD: 41\nSTOLEN_CARD: 41"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DeclineTable.of("NO_SUCH: 41"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
