package dev.portcullis.vault.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.ApiKeyHasher;
import dev.portcullis.wire.key.KeyKind;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class AuthenticatorTest {

  private static final int MANY = 8;

  /** A flood with one key must not take all connections before anything is known of it. */
  @Test
  void whoeverAsksWithTheSameKeyAtOnceSharesALookUpAndItsFailure() throws InterruptedException {
    CountDownLatch open = new CountDownLatch(1);
    AtomicInteger connections = new AtomicInteger();
    DataSource database =
        (DataSource)
            Proxy.newProxyInstance(
                DataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (_, _, _) -> {
                  connections.incrementAndGet();
                  open.await();
                  throw new SQLException("no connection");
                });
    Authenticator authenticator =
        new Authenticator(
            database,
            new ApiKeyHasher(Secret.ofBytes(new byte[32]), SecretAccess.insecureGrant()),
            InstantSource.system());
    String header = "Bearer " + ApiKey.generate(KeyKind.SECRET, false, new SecureRandom()).text();
    List<String> failures = new CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int n = 0; n < MANY; n++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      authenticator.authenticate(
                          header, InetAddress.getLoopbackAddress(), () -> {});
                    } catch (SQLException e) {
                      failures.add(String.valueOf(e.getMessage()));
                    }
                  }));
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> threads.stream().allMatch(each -> each.getState() == Thread.State.WAITING));
    assertThat(connections).hasValue(1);
    open.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).hasSize(MANY).containsOnly("no connection");
  }
}
