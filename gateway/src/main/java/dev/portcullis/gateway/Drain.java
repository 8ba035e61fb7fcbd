package dev.portcullis.gateway;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.springframework.context.SmartLifecycle;

/**
 * The first thing that happens when the gateway is told to stop: it says that it is not ready and
 * goes on serving for a while, so that whoever shares requests out among several has seen it and
 * sends the next one elsewhere. Every answer of that while closes its connection. Only then does
 * the listener close, and what is under way is finished.
 */
final class Drain implements SmartLifecycle {

  private final Duration delay;
  private final CountDownLatch never = new CountDownLatch(1);
  private volatile boolean running;
  private volatile boolean draining;

  /**
   * @param delay how long to go on serving; longer than anybody's pause between two looks at {@code
   *     /ready}
   */
  Drain(Duration delay) {
    this.delay = delay;
  }

  /** Whether the gateway was told to stop. */
  boolean isDraining() {
    return draining;
  }

  /** A kept connection would bring the next request here, when nobody listens any more. */
  Valve closing() {
    return new ValveBase(true) {
      @Override
      public void invoke(Request request, Response response) throws IOException, ServletException {
        if (draining) {
          response.setHeader("Connection", "close");
        }
        getNext().invoke(request, response);
      }
    };
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    draining = true;
    try {
      if (never.await(delay.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("nothing ends the wait but its time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stops before everything else, the web server too. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
