package dev.portcullis.wire.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.people.People;
import dev.portcullis.wire.people.PeopleStore;
import dev.portcullis.wire.people.TooManyAttempts;
import dev.portcullis.wire.people.TotpSeal;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AdminFloodTest {

  private static final String SESSION = "Bearer a-session";

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-26T10:00:00Z"));
  private final AdminFlood flood = new AdminFlood(now::get);

  private int heard(String authorization, String address, int times) {
    int heard = 0;
    for (int n = 0; n < times; n++) {
      try {
        flood.count(authorization, address);
        heard++;
      } catch (TooManyAttempts e) {
        assertThat(e.seconds()).isPositive();
      }
    }
    return heard;
  }

  @Test
  void aSourceHasItsBurstAndThenItsRate() {
    assertThat(heard("Bearer x", "2001:db8:1:1::1", 1_000)).isEqualTo(AdminFlood.BURST);
    assertThat(heard("Bearer y", "2001:db8:1:1::2", 1_000)).isZero();
    assertThat(heard("Bearer x", "192.0.2.1", 1)).isEqualTo(1);
    now.set(now.get().plusSeconds(1));
    assertThat(heard("Bearer x", "2001:db8:1:1::1", 1_000)).isEqualTo(20);
    assertThat(heard("Bearer x", "127.0.0.1", 500)).isEqualTo(AdminFlood.OWN_BURST);
    assertThat(heard("Bearer x", "127.0.0.2", 500)).isZero();
  }

  @Test
  void whoIsSignedInGoesOnWhateverTheirMachineDoes() {
    flood.proved(SESSION);
    heard("Bearer x", "127.0.0.1", 500);
    assertThat(heard(SESSION, "127.0.0.1", 50)).isEqualTo(50);
    assertThat(heard(SESSION, "192.0.2.1", 500)).isEqualTo(AdminFlood.OWN_BURST - 50);
  }

  @Test
  void aFloodReachesNoDatabase() {
    AtomicInteger queries = new AtomicInteger();
    PeopleStore store =
        (PeopleStore)
            Proxy.newProxyInstance(
                PeopleStore.class.getClassLoader(),
                new Class<?>[] {PeopleStore.class},
                (_, _, _) -> {
                  queries.incrementAndGet();
                  return Optional.empty();
                });
    TotpSeal seal =
        (TotpSeal)
            Proxy.newProxyInstance(
                TotpSeal.class.getClassLoader(),
                new Class<?>[] {TotpSeal.class},
                (_, _, _) -> {
                  throw new IllegalStateException();
                });
    People people =
        new People(store, "test", seal, SecretAccess.insecureGrant(), new SecureRandom(), now::get);
    AdminApi api = new AdminApi(List.of(), people.signIn(), now::get);
    int refused = 0;
    for (int n = 0; n < 500; n++) {
      AdminAnswer answer =
          api.answer(new AdminCall("req", "GET", "/x", null, SESSION, "192.0.2.1", new byte[0]));
      if (answer.status() == 429) {
        assertThat(answer.fields()).containsKey("Retry-After");
        refused++;
      }
    }
    assertThat(refused).isEqualTo(500 - AdminFlood.BURST);
    assertThat(queries).hasValue(AdminFlood.BURST);
  }
}
