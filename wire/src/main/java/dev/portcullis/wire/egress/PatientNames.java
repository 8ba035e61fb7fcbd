package dev.portcullis.wire.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Resolves on platform threads of its own, for names that strangers chose. The system's resolver is
 * native code, which keeps a virtual thread's carrier for as long as a name server is silent: a few
 * such names would stand all virtual threads still. However many ask for a name, one thread does.
 */
public final class PatientNames implements Names, AutoCloseable {

  private final Names names;
  private final Duration patience;
  private final ThreadPoolExecutor threads;
  private final Map<String, CompletableFuture<InetAddress[]>> asked = new ConcurrentHashMap<>();

  /**
   * @param names what is asked
   * @param most names at once; others are not asked for meanwhile ({@link EgressReasons#isOwn})
   * @param patience how long an answer is waited for
   */
  public PatientNames(Names names, int most, Duration patience) {
    this.names = names;
    this.patience = patience;
    this.threads =
        new ThreadPoolExecutor(
            0,
            most,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("names-", 0).factory());
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    try {
      return asked
          .computeIfAbsent(host, this::ask)
          .get(patience.toMillis(), TimeUnit.MILLISECONDS)
          .clone();
    } catch (ExecutionException e) {
      throw unknown(host, e);
    } catch (TimeoutException e) {
      throw unknown(host, e);
    } catch (RejectedExecutionException e) {
      throw new NamesBusyException(host, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown(host, e);
    }
  }

  private CompletableFuture<InetAddress[]> ask(String host) {
    CompletableFuture<InetAddress[]> answer = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            answer.complete(names.resolve(host));
          } catch (UnknownHostException | RuntimeException | Error e) {
            answer.completeExceptionally(e);
          } finally {
            asked.remove(host, answer);
          }
        });
    return answer;
  }

  private static UnknownHostException unknown(String host, Exception why) {
    UnknownHostException unknown = new UnknownHostException(host);
    unknown.initCause(why);
    return unknown;
  }

  /** Nobody was asked; its simple name is the reason that is told. */
  private static final class NamesBusyException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    NamesBusyException(String host, Exception why) {
      super(host);
      initCause(why);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
