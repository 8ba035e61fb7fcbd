package dev.portcullis.vault.masterkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.portcullis.vault.TestClock;
import dev.portcullis.vault.crypto.DataKey;
import dev.portcullis.vault.crypto.DataKey.Purpose;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.crypto.VaultsInMemory;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.Assumptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every place of a master key must do; one class for each of them says how to get there. */
public abstract class MasterKeyContract {

  protected static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] CONTEXT = "portcullis\0for one row".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHER = "portcullis\0for another".getBytes(StandardCharsets.UTF_8);
  private static final byte[] PLAIN = "plaintext".getBytes(StandardCharsets.US_ASCII);
  private static final Owner OWNER = new Owner("acct_a", true);
  private static final Duration LIFE = Duration.ofMinutes(10);

  protected final TestClock clock = new TestClock();
  private final List<MasterKey> opened = new ArrayList<>();

  /** The key, as one more vault opens it. */
  protected abstract MasterKey openKey();

  /** Another key of the same kind. */
  protected abstract MasterKey openOtherKey();

  /** Has the key be out of reach; false where it lies in the process itself. */
  protected abstract boolean cut();

  /** Brings it back. */
  protected abstract void mend();

  /** What must never be shown of it. */
  protected abstract List<String> secrets();

  private MasterKey open() {
    MasterKey key = openKey();
    opened.add(key);
    return key;
  }

  private MasterKey openOther() {
    MasterKey key = openOtherKey();
    opened.add(key);
    return key;
  }

  @AfterEach
  void close() {
    mend();
    opened.forEach(MasterKey::close);
  }

  private static byte[] dataKey() {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    return key;
  }

  private static MasterKeys remote(MasterKey key) {
    return new MasterKeys(key, List.of(), LIFE);
  }

  private void requireCut() {
    Assumptions.assumeThat(cut()).as("it can be out of reach").isTrue();
  }

  @Test
  void unwrapsWhatItWrappedAndNeverWrapsTheSameTwice() throws GeneralSecurityException {
    MasterKey key = open();
    byte[] dataKey = dataKey();
    byte[] wrapped = key.wrap(dataKey, CONTEXT);
    assertThat(key.unwrap(wrapped, CONTEXT)).isEqualTo(dataKey);
    assertThat(key.wrap(dataKey, CONTEXT)).isNotEqualTo(wrapped);
    assertThat(HexFormat.of().formatHex(wrapped)).doesNotContain(HexFormat.of().formatHex(dataKey));
    assertThat(key.trouble()).isEmpty();
  }

  @Test
  void anotherContextAChangeOrAnotherKeyFails() throws GeneralSecurityException {
    MasterKey key = open();
    byte[] wrapped = key.wrap(dataKey(), CONTEXT);
    assertThatThrownBy(() -> key.unwrap(wrapped, OTHER))
        .isInstanceOf(GeneralSecurityException.class);
    for (int at : new int[] {wrapped.length / 2, wrapped.length - 1}) {
      byte[] changed = wrapped.clone();
      changed[at] ^= 1;
      assertThatThrownBy(() -> key.unwrap(changed, CONTEXT))
          .as("byte %d", at)
          .isInstanceOf(GeneralSecurityException.class);
    }
    for (byte[] none : List.of(new byte[0], new byte[11], new byte[200])) {
      assertThatThrownBy(() -> key.unwrap(none, CONTEXT))
          .isInstanceOf(GeneralSecurityException.class);
    }
    MasterKey other = openOther();
    assertThat(other.id()).isNotEqualTo(key.id());
    assertThatThrownBy(() -> other.unwrap(wrapped, CONTEXT))
        .isInstanceOf(GeneralSecurityException.class);
    assertThat(key.unwrap(wrapped, CONTEXT)).as("and the right one goes on").hasSize(32);
  }

  @Test
  void twoVaultsUseItAtOnce() throws Exception {
    MasterKey one = open();
    MasterKey two = open();
    assertThat(two.id()).isEqualTo(one.id());
    VaultsInMemory vaults = new VaultsInMemory();
    DataKeys first = vaults.vault(remote(one), clock);
    DataKeys second = vaults.vault(remote(two), clock);
    first.requireMasterKey();
    second.requireMasterKey();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<String>> calls = new ArrayList<>();
      for (int n = 0; n < 8; n++) {
        DataKeys vault = n % 2 == 0 ? first : second;
        Owner owner = new Owner("acct_" + n / 4, false);
        calls.add(() -> vault.current(owner).id());
      }
      for (Future<String> id : threads.invokeAll(calls)) {
        assertThat(id.get()).startsWith("dek_");
      }
    }
    assertThat(vaults.stored()).as("one data key for each owner").isEqualTo(2);
    byte[] sealed = first.current(OWNER).seal(Purpose.ANSWER, "row", PLAIN);
    assertThat(second.byId(OWNER, first.current(OWNER).id()).open(Purpose.ANSWER, "row", sealed))
        .isEqualTo(PLAIN);
  }

  @Test
  void withoutItNothingStartsAndOneSentenceSaysWhy() {
    MasterKey key = open();
    requireCut();
    DataKeys vault = new VaultsInMemory().vault(remote(key), clock);
    KeyUnavailableException refused = refusal(vault, OWNER);
    assertThat(refused.getMessage()).doesNotContain("\n").endsWith(".").hasSizeBetween(20, 250);
    assertThat(key.trouble()).isPresent();
    if (startsWithout()) {
      assertThatCode(vault::requireMasterKey).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(vault::requireMasterKey).isInstanceOf(KeyUnavailableException.class);
    }
    for (@Nullable Throwable at = refused; at != null; at = at.getCause()) {
      for (String secret : secrets()) {
        assertThat(String.valueOf(at.getMessage())).doesNotContain(secret);
      }
    }
  }

  /** A sealed vault starts, since people open it afterwards. */
  protected boolean startsWithout() {
    return false;
  }

  private static KeyUnavailableException refusal(DataKeys vault, Owner owner) {
    KeyUnavailableException refused =
        catchThrowableOfType(KeyUnavailableException.class, () -> vault.current(owner));
    assertThat(refused).as("a refusal").isNotNull();
    return refused;
  }

  @Test
  void aRunningVaultRefusesNewKeysLosesNothingAndRecoversByItself() throws SQLException {
    VaultsInMemory vaults = new VaultsInMemory();
    MasterKey key = open();
    DataKeys vault = vaults.vault(remote(key), clock);
    DataKey held = vault.current(OWNER);
    byte[] sealed = held.seal(Purpose.CARD_NUMBER, "row", PLAIN);
    requireCut();
    // What is in memory goes on; what needs the key does not, and leaves nothing behind.
    assertThat(vault.byId(OWNER, held.id()).open(Purpose.CARD_NUMBER, "row", sealed))
        .isEqualTo(PLAIN);
    Owner late = new Owner("acct_late", true);
    refusal(vault, late);
    assertThat(vaults.stored()).isOne();
    clock.advance(LIFE);
    vault.sweep();
    assertThat(vault.inMemory()).as("no longer than the cache may").isZero();
    refusal(vault, OWNER);
    mend();
    clock.advance(RemoteMasterKey.PAUSE);
    assertThat(vault.byId(OWNER, held.id()).open(Purpose.CARD_NUMBER, "row", sealed))
        .isEqualTo(PLAIN);
    assertThat(vault.current(late).id()).startsWith("dek_");
    assertThat(key.trouble()).isEmpty();
  }

  /** Base64 of random bytes, as fixtures make secrets. */
  protected static String random(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }
}
