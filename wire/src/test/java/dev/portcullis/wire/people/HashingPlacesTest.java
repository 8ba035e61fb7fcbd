package dev.portcullis.wire.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.people.HashingPlaces.Asker;
import dev.portcullis.wire.people.HashingPlaces.Place;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HashingPlacesTest {

  private final HashingPlaces places = new HashingPlaces(Duration.ofMillis(1));

  private boolean isFree(Asker asker) {
    try (Place _ = places.enter(asker)) {
      return true;
    } catch (TooManyAttempts _) {
      return false;
    }
  }

  @Test
  void strangersLeaveAPlaceToThoseWhoAreKnown() {
    try (Place _ = places.enter(Asker.STRANGER)) {
      assertThat(isFree(Asker.STRANGER)).isFalse();
      assertThat(isFree(Asker.KNOWN)).isTrue();
    }
    assertThat(isFree(Asker.STRANGER)).isTrue();
  }

  @Test
  void noMoreThanTwoAreHashedAtOnceWhoeverAsks() {
    try (Place _ = places.enter(Asker.KNOWN)) {
      try (Place _ = places.enter(Asker.KNOWN)) {
        assertThatThrownBy(() -> places.enter(Asker.KNOWN)).isInstanceOf(TooManyAttempts.class);
        assertThat(isFree(Asker.STRANGER)).isFalse();
      }
      assertThat(isFree(Asker.STRANGER)).as("given back where it waited in vain too").isTrue();
    }
  }
}
