package dev.portcullis.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class IdsTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.123Z");
  private final SecureRandom random = new SecureRandom();

  @Property
  void idsSortByAge(
      @ForAll @LongRange(min = 0, max = 4_000_000_000_000L) long a,
      @ForAll @LongRange(min = 0, max = 4_000_000_000_000L) long b) {
    String first = new Ids(() -> Instant.ofEpochMilli(a), random).next("pi");
    String second = new Ids(() -> Instant.ofEpochMilli(b), random).next("pi");
    if (a != b) {
      assertThat(Integer.signum(first.compareTo(second))).isEqualTo(Long.compare(a, b));
    }
  }

  @Property
  void theFastEncodingIsTheExactOne(@ForAll long high, @ForAll long low) {
    byte[] bytes = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    assertThat(Base62.encode128(high, low)).isEqualTo(Base62.encode(bytes));
    assertThat(Base62.decode(Base62.encode(bytes))).isEqualTo(new BigInteger(1, bytes));
  }

  @Test
  void anIdTellsWhenItWasMade() {
    String id = new Ids(() -> NOON, random).next("cus");
    assertThat(id).startsWith("cus_").hasSize(26);
    assertThat(Ids.createdAt(id)).contains(NOON);
    assertThat(Ids.isWellFormed("cus", id)).isTrue();
    assertThat(Ids.isWellFormed("pi", id)).isFalse();
  }

  @Property
  void aStretchOfIdsBeginsWithItsTime(
      @ForAll @LongRange(min = 0, max = 4_000_000_000_000L) long from,
      @ForAll @LongRange(min = 0, max = 4_000_000_000_000L) long made) {
    String first = Ids.first("op", Instant.ofEpochMilli(from));
    String id = new Ids(() -> Instant.ofEpochMilli(made), random).next("op");
    assertThat(id.compareTo(first) >= 0).isEqualTo(made >= from);
  }

  @Test
  void whatIsNoIdIsKnown() {
    assertThat(Ids.createdAt("pm_card_visa")).isEmpty();
    assertThat(Ids.createdAt("")).isEmpty();
    assertThat(Ids.createdAt("pi_" + "z".repeat(22))).isEmpty();
    assertThat(Ids.isWellFormed("pi", "pi_" + "-".repeat(22))).isFalse();
  }

  @Test
  void idsOfOneMillisecondDiffer() {
    Ids ids = new Ids(() -> NOON, random);
    Set<String> seen = new HashSet<>();
    for (int n = 0; n < 10_000; n++) {
      assertThat(seen.add(ids.next("pi"))).isTrue();
    }
  }
}
