package dev.portcullis.vault.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection between the thread that accepted it and the one that sees to it. */
@Timeout(30)
class OnKeptThreadsTest {

  private final BlockingQueue<Runnable> handed = new LinkedBlockingQueue<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch answered = new CountDownLatch(1);
  private volatile @Nullable RuntimeException fails;

  /** What Helidon would do with the connection. */
  private final ServerConnection http =
      new ServerConnection() {
        @Override
        public void handle(Limit limit) throws InterruptedException {
          seen.add("begun");
          begun.countDown();
          answered.await();
          seen.add("answered");
          RuntimeException failure = fails;
          if (failure != null) {
            throw failure;
          }
        }

        @Override
        public Duration idleTime() {
          return Duration.ZERO;
        }

        @Override
        public void close(boolean interrupt) {
          seen.add("closed");
        }
      };

  private final ServerConnectionSelector selector =
      new ServerConnectionSelector() {
        @Override
        public int bytesToIdentifyConnection() {
          return 0;
        }

        @Override
        public Support supports(BufferData data) {
          return Support.SUPPORTED;
        }

        @Override
        public Set<String> supportedApplicationProtocols() {
          return Set.of();
        }

        @Override
        public ServerConnection connection(ConnectionContext context) {
          return http;
        }
      };

  private static <T> T answering(Class<T> type, @Nullable Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, _) -> {
              if (method.getName().equals("remotePeer")) {
                return answering(PeerInfo.class, null);
              }
              return answer;
            }));
  }

  private ServerConnection connection(boolean kept) {
    DataReader reader = DataReader.create(() -> new byte[] {'G'});
    return new OnKeptThreads(selector, _ -> kept, handed::add)
        .connection(answering(ConnectionContext.class, reader));
  }

  /** On a thread of its own, as Helidon does; its end says how it came out. */
  private record Handling(Thread thread, CompletableFuture<String> end) {
    static Handling of(ServerConnection connection) {
      CompletableFuture<String> end = new CompletableFuture<>();
      return new Handling(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      connection.handle(FixedLimit.create());
                      end.complete("ended");
                    } catch (InterruptedException | RuntimeException e) {
                      end.completeExceptionally(e);
                    }
                  }),
          end);
    }
  }

  private Runnable next() throws InterruptedException {
    return java.util.Objects.requireNonNull(handed.poll(20, TimeUnit.SECONDS));
  }

  @Test
  void whatIsClosedBetweenTheThreadsDoesNotBegin() throws Exception {
    ServerConnection connection = connection(true);
    Handling handling = Handling.of(connection);
    Runnable task = next();
    connection.close(false);
    task.run();
    assertThat(handling.end.get()).isEqualTo("ended");
    assertThat(seen).isEmpty();
  }

  /** All that an answer needs is closed behind the stop. */
  @Test
  void aStopWaitsForTheAnswer() throws Exception {
    Handling handling = Handling.of(connection(true));
    Thread thread = Thread.ofPlatform().start(next());
    begun.await();
    handling.thread.interrupt();
    while (!seen.contains("closed")) {
      Thread.onSpinWait();
    }
    assertThat(handling.end).isNotDone();
    answered.countDown();
    assertThatThrownBy(handling.end::get).hasCauseInstanceOf(CloseConnectionException.class);
    thread.join();
    assertThat(seen).containsExactly("begun", "closed", "answered");
  }

  @Test
  void whatIsOverIsNotClosedOnTheThreadOfAnother() throws Exception {
    ServerConnection connection = connection(true);
    Handling handling = Handling.of(connection);
    answered.countDown();
    next().run();
    assertThat(handling.end.get()).isEqualTo("ended");
    connection.close(true);
    assertThat(seen).containsExactly("begun", "answered");
  }

  @Test
  void whatFailsFailsAsBefore() throws Exception {
    fails = new IllegalStateException("so");
    answered.countDown();
    Handling handling = Handling.of(connection(true));
    next().run();
    assertThatThrownBy(handling.end::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isSameAs(fails);
  }

  @Test
  void whoIsNotKeptHasNoThread() throws Exception {
    answered.countDown();
    assertThat(Handling.of(connection(false)).end.get()).isEqualTo("ended");
    assertThat(handed).isEmpty();
    assertThat(seen).containsExactly("begun", "answered");
  }
}
