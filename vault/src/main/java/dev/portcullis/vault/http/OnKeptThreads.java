package dev.portcullis.vault.http;

import dev.portcullis.wire.threads.KeptThreads;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 for connections that are kept and are few, as a gateway's are: each has a thread of the
 * system, where there is one left ({@link KeptThreads}). Helidon's own, a virtual one, waits
 * meanwhile for it to end, which costs nothing.
 *
 * @param kept whose connections have one
 */
record OnKeptThreads(ServerConnectionSelector http, Predicate<PeerInfo> kept, Executor threads)
    implements ServerConnectionSelector {

  /**
   * @param name of the listener, before the number of each thread
   */
  static OnKeptThreads of(String name, Predicate<PeerInfo> kept) {
    return new OnKeptThreads(
        Http1ConnectionSelector.builder().config(Http1Config.create()).build(),
        kept,
        KeptThreads.first(name + '-', KeptThreads.FEW));
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    return new Connection(context, http.connection(context), this);
  }

  /**
   * A connection on a thread that is not its own, once its client has shown itself and asks for
   * something: nobody else takes a thread. Whoever ends it must not meet the next one that the
   * thread sees to.
   */
  private static final class Connection implements ServerConnection, InterruptableTask<Void> {
    private final ConnectionContext context;
    private final ServerConnection http;
    private final OnKeptThreads whose;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable Throwable thrown;

    /** Nothing has been read from it; guarded by this, as is what follows. */
    private boolean silent = true;

    /** The thread that sees to it, if there is one. */
    private @Nullable Thread thread;

    private boolean stopped;

    Connection(ConnectionContext context, ServerConnection http, OnKeptThreads whose) {
      this.context = context;
      this.http = http;
      this.whose = whose;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
      awaitFirstByte();
      if (whose.kept.test(context.remotePeer())) {
        whose.threads.execute(() -> run(limit));
        awaitEnd();
      } else {
        run(limit);
      }
      rethrow();
    }

    /** The handshake is part of it. */
    private void awaitFirstByte() {
      if (!take(Thread.currentThread())) {
        throw new CloseConnectionException("stopped");
      }
      try {
        context.dataReader().ensureAvailable();
      } catch (DataReader.InsufficientDataAvailableException e) {
        throw new CloseConnectionException("nothing was asked", e);
      } finally {
        leave();
      }
    }

    /** What is being answered still needs all that is closed behind it. */
    private void awaitEnd() throws InterruptedException {
      try {
        over.await();
      } catch (InterruptedException stop) {
        close(false);
        awaitForced();
        throw new CloseConnectionException("stopped", stop);
      }
    }

    private void awaitForced() throws InterruptedException {
      try {
        over.await();
      } catch (InterruptedException forced) {
        interrupt();
        throw forced;
      }
    }

    private void run(Limit limit) {
      try {
        if (take(Thread.currentThread())) {
          http.handle(limit);
        }
      } catch (InterruptedException | RuntimeException | Error e) {
        thrown = e;
      } finally {
        leave();
        over.countDown();
      }
    }

    private synchronized boolean take(Thread current) {
      thread = stopped ? null : current;
      return !stopped;
    }

    private synchronized void leave() {
      silent = false;
      thread = null;
    }

    private synchronized void interrupt() {
      stopped = true;
      if (thread != null) {
        thread.interrupt();
      }
    }

    /** Which of them it is decides how Helidon ends the connection. */
    private void rethrow() throws InterruptedException {
      switch (thrown) {
        case null -> {}
        case InterruptedException interrupted -> throw interrupted;
        case RuntimeException failed -> throw failed;
        case Error failed -> throw failed;
        default -> throw new IllegalStateException(thrown);
      }
    }

    @Override
    public synchronized boolean canInterrupt() {
      return silent || (http instanceof InterruptableTask<?> task && task.canInterrupt());
    }

    @Override
    public Duration idleTime() {
      return http.idleTime();
    }

    /** Between two threads it need not begin any more, and behind them there is nothing to end. */
    @Override
    public synchronized void close(boolean interrupt) {
      if (silent) {
        interrupt();
      } else if (thread == null) {
        stopped = true;
      } else {
        http.close(interrupt);
      }
    }
  }
}
