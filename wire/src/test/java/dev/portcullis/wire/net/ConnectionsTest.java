package dev.portcullis.wire.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConnectionsTest {

  private static final ConnectionBounds BOUNDS =
      new ConnectionBounds(
          10,
          3,
          2,
          new ConnectionBounds.Times(
              Duration.ofSeconds(20),
              Duration.ofSeconds(10),
              Duration.ofSeconds(90),
              Duration.ofMinutes(10),
              Duration.ofSeconds(5)));

  private final AtomicLong nanos = new AtomicLong();
  private final List<String> closed = new ArrayList<>();
  private final Connections<String> connections =
      new Connections<>(nanos::get, (connection, _) -> closed.add(connection));

  private void pass(int seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    connections.look(BOUNDS);
  }

  private void open(String connection, String address) {
    assertThat(connections.admit(address, BOUNDS)).isTrue();
    connections.opened(connection, address);
  }

  @Test
  void a_header_that_drips_is_over_its_time_however_often_something_comes() {
    open("slow", "192.0.2.1");
    for (int second = 0; second < 11; second++) {
      connections.begin("slow");
      connections.end("slow", true, BOUNDS);
      assertThat(closed).isEmpty();
      pass(1);
    }
    assertThat(closed).contains("slow");
  }

  @Test
  void one_that_never_begins_and_one_that_never_ends_are_over_their_time() {
    open("mute", "192.0.2.1");
    open("endless", "192.0.2.2");
    connections.begin("endless");
    pass(19);
    assertThat(closed).isEmpty();
    pass(2);
    assertThat(closed).containsExactly("mute");
    connections.gone("mute");
    pass(70);
    assertThat(closed).containsExactly("mute", "endless");
  }

  @Test
  void an_idle_connection_is_kept_until_nearly_all_are_taken() {
    for (int n = 0; n < 7; n++) {
      open("c" + n, "192.0.2." + n);
      connections.begin("c" + n);
      connections.end("c" + n, false, BOUNDS);
    }
    pass(600);
    assertThat(closed).isEmpty();
    open("c7", "192.0.2.7");
    pass(6);
    assertThat(closed).hasSize(7).doesNotContain("c7");
  }

  @Test
  void an_address_has_its_share_and_gets_it_back() {
    open("a", "192.0.2.1");
    open("b", "192.0.2.1");
    open("c", "192.0.2.1");
    assertThat(connections.admit("192.0.2.1", BOUNDS)).isFalse();
    assertThat(connections.refused()).isEqualTo(1);
    open("d", "192.0.2.2");
    connections.gone("a");
    connections.gone("a");
    open("e", "192.0.2.1");
    assertThat(connections.admit("192.0.2.1", BOUNDS)).isFalse();
    for (String connection : List.of("b", "c", "d", "e")) {
      connections.gone(connection);
    }
    assertThat(connections.addresses()).isZero();
    assertThat(connections.open()).isZero();
  }

  @Test
  void an_idle_connection_is_over_its_time_at_last() {
    idle("a", "192.0.2.1");
    pass(601);
    assertThat(closed).containsExactly("a");
  }

  @Test
  void one_that_is_held_gives_way_to_nobody_and_has_as_long_as_a_request_may_take_to_come() {
    open("held", "192.0.2.1");
    connections.begin("held");
    connections.hold("held");
    for (int n = 2; n <= 10; n++) {
      open("c" + n, "192.0.2." + n);
      connections.begin("c" + n);
    }
    assertThat(connections.admit("192.0.2.11", BOUNDS)).isFalse();
    assertThat(connections.receiving()).isZero();
    assertThat(connections.held()).isEqualTo(1);
    pass(10);
    assertThat(closed).isEmpty();
    pass(1);
    assertThat(closed).containsExactly("held");
  }

  private void idle(String connection, String address) {
    open(connection, address);
    connections.begin(connection);
    connections.end(connection, false, BOUNDS);
  }

  @Test
  void an_address_that_has_enough_gives_up_its_own_oldest_idle_one() {
    idle("other", "192.0.2.2");
    pass(1);
    idle("a", "192.0.2.1");
    idle("b", "192.0.2.1");
    idle("c", "192.0.2.1");
    connections.begin("a");
    pass(1);
    idle("d", "192.0.2.1");
    assertThat(closed).containsExactly("b");
    connections.gone("b");
    assertThat(connections.admit("192.0.2.1", BOUNDS)).isTrue();
    assertThat(closed).containsExactly("b", "c");
  }

  @Test
  void where_all_are_taken_the_oldest_that_waits_gives_way_and_none_that_works() {
    for (int n = 0; n < 10; n++) {
      open("c" + n, "192.0.2." + n);
      if (n != 3) {
        connections.begin("c" + n);
      }
    }
    open("new", "192.0.2.100");
    assertThat(closed).containsExactly("c3");
    connections.begin("new");
    assertThat(connections.admit("192.0.2.101", BOUNDS)).isFalse();
    connections.sweep("c3"::equals);
    assertThat(connections.open()).isEqualTo(10);
  }

  @Test
  void of_too_many_headers_that_have_begun_the_oldest_is_given_up() {
    for (int n = 0; n < 3; n++) {
      open("c" + n, "192.0.2." + n);
      connections.begin("c" + n);
      connections.end("c" + n, true, BOUNDS);
    }
    assertThat(closed).containsExactly("c0");
    assertThat(connections.receiving()).isEqualTo(2);
    connections.begin("c1");
    connections.end("c1", false, BOUNDS);
    assertThat(connections.receiving()).isEqualTo(1);
  }
}
