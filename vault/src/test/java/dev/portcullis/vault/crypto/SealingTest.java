package dev.portcullis.vault.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.TestClock;
import dev.portcullis.vault.crypto.DataKey.Purpose;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SealingTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Owner OWNER = new Owner("acct_a", false);
  private static final byte[] PLAIN = "plaintext".getBytes(StandardCharsets.US_ASCII);

  private final TestClock clock = new TestClock();
  private final MemoryStore store = new MemoryStore();
  private final CountingMasterKey masterKey = new CountingMasterKey();

  private DataKeys keys() {
    return new DataKeys(store, MasterKeys.only(masterKey), clock, RANDOM);
  }

  private static final class CountingMasterKey implements MasterKey {
    final AtomicInteger unwraps = new AtomicInteger();
    private final MasterKey real;

    CountingMasterKey() {
      byte[] key = new byte[32];
      RANDOM.nextBytes(key);
      real = new FileMasterKey(Secret.ofBytes(key), SecretAccess.insecureGrant());
    }

    @Override
    public String id() {
      return real.id();
    }

    @Override
    public byte[] wrap(byte[] dataKey, byte[] context)
        throws java.security.GeneralSecurityException {
      return real.wrap(dataKey, context);
    }

    @Override
    public byte[] unwrap(byte[] wrapped, byte[] context)
        throws java.security.GeneralSecurityException {
      unwraps.incrementAndGet();
      return real.unwrap(wrapped, context);
    }
  }

  @Test
  void opensWhatItSealedAlsoAfterARestart() throws SQLException {
    DataKey key = keys().current(OWNER);
    byte[] sealed = key.seal(Purpose.CARD_NUMBER, "pm_1", PLAIN);
    assertThat(keys().byId(OWNER, key.id()).open(Purpose.CARD_NUMBER, "pm_1", sealed))
        .isEqualTo(PLAIN);
  }

  @Test
  void opensForNoOtherRowPurposeOrOwnerNorWhenChanged() throws SQLException {
    DataKeys keys = keys();
    DataKey key = keys.current(OWNER);
    byte[] sealed = key.seal(Purpose.CARD_NUMBER, "pm_1", PLAIN);
    assertThatThrownBy(() -> key.open(Purpose.CARD_NUMBER, "pm_2", sealed))
        .isInstanceOf(TamperedException.class);
    assertThatThrownBy(() -> key.open(Purpose.CARD_DETAILS, "pm_1", sealed))
        .isInstanceOf(TamperedException.class);
    for (Owner other : List.of(new Owner("acct_b", false), new Owner("acct_a", true))) {
      assertThatThrownBy(() -> keys.byId(other, key.id())).isInstanceOf(TamperedException.class);
    }
    for (int at = 0; at < sealed.length; at++) {
      byte[] changed = sealed.clone();
      changed[at] ^= 1;
      assertThatThrownBy(() -> key.open(Purpose.CARD_NUMBER, "pm_1", changed))
          .isInstanceOf(TamperedException.class);
    }
  }

  @Test
  void aWrappedKeyBelongsToItsRow() throws SQLException {
    DataKey key = keys().current(OWNER);
    DataKeyStore.Row row = store.find(OWNER, key.id()).orElseThrow();
    Owner other = new Owner("acct_b", false);
    store.rows.put(
        "dek_moved",
        new DataKeyStore.Row("dek_moved", other, row.period(), row.masterKey(), row.wrapped()));
    assertThatThrownBy(() -> keys().byId(other, "dek_moved")).isInstanceOf(TamperedException.class);
    assertThatThrownBy(() -> keys().byId(other, "dek_none")).isInstanceOf(TamperedException.class);
  }

  @Test
  void thereIsOneKeyForAnOwnerAModeAndNinetyDays() throws SQLException {
    DataKeys keys = keys();
    String first = keys.current(OWNER).id();
    assertThat(keys.current(OWNER).id()).isEqualTo(first);
    assertThat(keys.current(new Owner("acct_a", true)).id()).isNotEqualTo(first);
    assertThat(keys.current(new Owner("acct_b", false)).id()).isNotEqualTo(first);
    clock.advance(Duration.ofDays(90));
    assertThat(keys.current(OWNER).id()).isNotEqualTo(first);
    assertThat(keys.byId(OWNER, first).id()).isEqualTo(first);
  }

  @Test
  void unwrapsAKeyOnceHoweverManyAskAtOnce() throws Exception {
    String id = keys().current(OWNER).id();
    masterKey.unwraps.set(0);
    DataKeys fresh = keys();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<DataKey>> calls =
          IntStream.range(0, 200)
              .<Callable<DataKey>>mapToObj(n -> () -> fresh.byId(OWNER, id))
              .toList();
      for (Future<DataKey> future : threads.invokeAll(calls)) {
        assertThat(future.get().id()).isEqualTo(id);
      }
    }
    assertThat(masterKey.unwraps).hasValue(1);
  }

  @Test
  void aMasterKeyThatDidNotWrapWhatIsStoredIsNoticed() throws SQLException {
    DataKeys keys = keys();
    keys.requireMasterKey();
    String id = keys.current(OWNER).id();
    keys.requireMasterKey();
    CountingMasterKey other = new CountingMasterKey();
    assertThatThrownBy(
            () -> new DataKeys(store, MasterKeys.only(other), clock, RANDOM).requireMasterKey())
        .isInstanceOf(WrongMasterKeyException.class)
        .hasMessageContainingAll(masterKey.id(), other.id());
    DataKeyStore.Row row = store.newest().orElseThrow();
    row.wrapped()[20] ^= 1;
    assertThatThrownBy(keys::requireMasterKey)
        .isInstanceOf(WrongMasterKeyException.class)
        .hasMessageContaining(id);
  }

  @Test
  void anOlderMasterKeyOpensWhatItWrappedAndTheCurrentOneWraps() throws SQLException {
    DataKey before = keys().current(OWNER);
    byte[] sealed = before.seal(Purpose.CARD_NUMBER, "pm_1", PLAIN);
    CountingMasterKey next = new CountingMasterKey();
    DataKeys both =
        new DataKeys(store, new MasterKeys(next, List.of(masterKey), null), clock, RANDOM);
    both.requireMasterKey();
    assertThat(both.byId(OWNER, before.id()).open(Purpose.CARD_NUMBER, "pm_1", sealed))
        .isEqualTo(PLAIN);
    String made = both.current(new Owner("acct_new", false)).id();
    assertThat(store.newest())
        .hasValueSatisfying(
            row -> {
              assertThat(row.id()).isEqualTo(made);
              assertThat(row.masterKey()).isEqualTo(next.id());
            });
    assertThatThrownBy(
            () ->
                new DataKeys(store, MasterKeys.only(next), clock, RANDOM).byId(OWNER, before.id()))
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining(masterKey.id());
  }

  @Test
  void aDataKeyStaysInMemoryNoLongerThanItMay() throws SQLException {
    MasterKeys remote = new MasterKeys(masterKey, List.of(), Duration.ofMinutes(10));
    DataKeys keys = new DataKeys(store, remote, clock, RANDOM);
    String id = keys.current(OWNER).id();
    masterKey.unwraps.set(0);
    clock.advance(Duration.ofMinutes(5));
    keys.byId(OWNER, id);
    keys.current(OWNER);
    assertThat(masterKey.unwraps).as("still in memory").hasValue(0);
    clock.advance(Duration.ofMinutes(5));
    assertThat(keys.inMemory()).isOne();
    keys.sweep();
    assertThat(keys.inMemory()).as("gone although nobody asked").isZero();
    keys.byId(OWNER, id);
    assertThat(masterKey.unwraps).hasValue(1);
  }

  @Test
  void whatIsForgottenIsUsedByNobody() throws SQLException {
    DataKeys keys = keys();
    DataKey held = keys.current(OWNER);
    byte[] sealed = held.seal(Purpose.CARD_NUMBER, "pm_1", PLAIN);
    keys.forget();
    assertThat(keys.inMemory()).isZero();
    assertThatThrownBy(() -> held.open(Purpose.CARD_NUMBER, "pm_1", sealed))
        .isInstanceOf(KeyUnavailableException.class);
    assertThatThrownBy(() -> held.seal(Purpose.CARD_NUMBER, "pm_1", PLAIN))
        .isInstanceOf(KeyUnavailableException.class);
    assertThat(keys.byId(OWNER, held.id()).open(Purpose.CARD_NUMBER, "pm_1", sealed))
        .isEqualTo(PLAIN);
  }

  @Test
  void noNonceComesTwice() throws SQLException {
    DataKey key = keys().current(OWNER);
    Set<String> nonces = new HashSet<>();
    for (int n = 0; n < 100_000; n++) {
      byte[] sealed = key.seal(Purpose.ANSWER, "k", PLAIN);
      nonces.add(new String(sealed, 0, 12, StandardCharsets.ISO_8859_1));
    }
    assertThat(nonces).hasSize(100_000);
  }

  @Test
  void theCacheIsBoundedAndDoesNotKeepFailures() {
    SingleFlightCache<Integer, String> cache = new SingleFlightCache<>(3, clock, null);
    assertThatThrownBy(
            () ->
                cache.get(
                    0,
                    () -> {
                      throw new SQLException("down");
                    }))
        .hasRootCauseMessage("down");
    assertThat(cache.get(0, () -> "up")).isEqualTo("up");
    for (int n = 1; n < 10; n++) {
      int value = n;
      cache.get(n, () -> "v" + value);
    }
    assertThat(cache.size()).isEqualTo(3);
  }

  @Test
  void anErrorWhileLoadingReachesWhoeverWaitsAndIsNotKept() throws Exception {
    SingleFlightCache<Integer, String> cache = new SingleFlightCache<>(3, clock, null);
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch fail = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var loader =
          threads.submit(
              () ->
                  cache.get(
                      0,
                      () -> {
                        loading.countDown();
                        fail.await();
                        throw new NoClassDefFoundError("gone");
                      }));
      loading.await();
      var waiter = threads.submit(() -> cache.get(0, () -> "not asked"));
      fail.countDown();
      assertThatThrownBy(() -> loader.get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(NoClassDefFoundError.class);
      // Whether it came in time to wait or late enough to load itself, it has its end.
      try {
        assertThat(waiter.get(60, TimeUnit.SECONDS)).isEqualTo("not asked");
      } catch (ExecutionException failed) {
        assertThat(failed).hasRootCauseInstanceOf(NoClassDefFoundError.class);
      }
    }
    assertThat(cache.get(0, () -> "up")).isIn("up", "not asked");
  }

  @Test
  void aCvcIsHeldForItsCardAndForgotten() {
    CvcSafe safe = new CvcSafe(clock, RANDOM, 2);
    safe.put(OWNER, "pm_1", "123".getBytes(StandardCharsets.US_ASCII));
    assertThat(safe.get(OWNER, "pm_1"))
        .hasValueSatisfying(c -> assertThat(c).containsExactly('1', '2', '3'));
    assertThat(safe.get(new Owner("acct_a", true), "pm_1")).isEmpty();
    safe.forget(OWNER, "pm_1");
    assertThat(safe.get(OWNER, "pm_1")).isEmpty();
    for (int n = 0; n < 5; n++) {
      assertThat(safe.hasRoomFor(OWNER)).isTrue();
      assertThat(put(safe, OWNER, "pm_n" + n)).isTrue();
    }
    assertThat(safe.size()).isEqualTo(2);
    assertThat(safe.holds(OWNER, "pm_n2")).as("its own oldest goes first").isFalse();
    assertThat(safe.holds(OWNER, "pm_n3")).isTrue();
    assertThat(safe.holds(OWNER, "pm_n4")).isTrue();
    Owner late = new Owner("acct_late", false);
    assertThat(put(safe, late, "pm_late")).as("whoever holds less gets in").isTrue();
    assertThat(safe.holds(OWNER, "pm_n3")).isFalse();
    Owner later = new Owner("acct_later", false);
    assertThat(safe.hasRoomFor(later)).as("nobody holds more than one").isFalse();
    assertThat(put(safe, later, "pm_later")).isFalse();
    clock.advance(CvcSafe.LONGEST);
    assertThat(safe.get(OWNER, "pm_n4")).isEmpty();
    safe.sweep();
    assertThat(safe.size()).isZero();
    assertThat(put(safe, OWNER, "pm_n6")).isTrue();
  }

  private static boolean put(CvcSafe safe, Owner owner, String card) {
    return safe.put(owner, card, "123".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aFloodByOneAccountPushesOutNobodyElsesCvc() {
    CvcSafe safe = new CvcSafe(clock, RANDOM, 100);
    Owner quiet = new Owner("acct_quiet", true);
    Owner late = new Owner("acct_late", true);
    Owner testMode = new Owner("acct_flood", true);
    Owner flood = new Owner("acct_flood", false);
    assertThat(put(safe, quiet, "pm_first")).isTrue();
    assertThat(put(safe, testMode, "pm_live")).isTrue();
    for (int n = 0; n < 1_000; n++) {
      put(safe, flood, "pm_" + n);
    }
    assertThat(safe.size()).isEqualTo(100);
    assertThat(safe.hasRoomFor(flood)).as("its own shoppers still get in").isTrue();
    assertThat(safe.holds(flood, "pm_999")).isTrue();
    assertThat(safe.holds(quiet, "pm_first")).isTrue();
    assertThat(safe.holds(testMode, "pm_live")).isTrue();
    // Others still get in, at the flood's expense, up to a fair share.
    for (int n = 0; n < 30; n++) {
      assertThat(put(safe, late, "pm_" + n)).isTrue();
      put(safe, flood, "pm_more" + n);
    }
    for (int n = 0; n < 30; n++) {
      assertThat(safe.holds(late, "pm_" + n)).isTrue();
    }
    assertThat(safe.size()).isEqualTo(100);
    assertThat(safe.holds(quiet, "pm_first")).isTrue();
    // Two floods end with equal shares and do not push out each other.
    for (int n = 0; n < 1_000; n++) {
      put(safe, late, "pm_late" + n);
    }
    assertThat(safe.holds(late, "pm_late999")).isTrue();
    assertThat(safe.hasRoomFor(quiet)).isTrue();
    assertThat(safe.holds(flood, "pm_more29")).isTrue();
    assertThat(safe.size()).isEqualTo(100);
  }

  @Test
  void aCvcThatMovesIsNoYounger() {
    CvcSafe safe = new CvcSafe(clock, RANDOM, 2);
    safe.put(OWNER, "tok_1", "123".getBytes(StandardCharsets.US_ASCII));
    clock.advance(CvcSafe.LONGEST.minusMinutes(2));
    safe.move(OWNER, "tok_1", "pm_1");
    assertThat(safe.holds(OWNER, "tok_1")).isFalse();
    assertThat(safe.get(OWNER, "pm_1"))
        .hasValueSatisfying(c -> assertThat(c).containsExactly('1', '2', '3'));
    clock.advance(Duration.ofMinutes(2));
    assertThat(safe.get(OWNER, "pm_1")).isEmpty();
  }

  @Test
  void aFingerprintIsKeyedAndBelongsToItsOwner() {
    byte[] digits = "4242424242424242".getBytes(StandardCharsets.US_ASCII);
    Fingerprints one = fingerprints();
    assertThat(one.ofCard(OWNER, digits)).isEqualTo(one.ofCard(OWNER, digits));
    assertThat(one.ofCard(OWNER, digits))
        .isNotEqualTo(one.ofCard(new Owner("acct_a", true), digits))
        .isNotEqualTo(one.ofCard(new Owner("acct_b", false), digits))
        .isNotEqualTo(fingerprints().ofCard(OWNER, digits));
  }

  private static Fingerprints fingerprints() {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    return new Fingerprints(1, key);
  }
}
