package dev.portcullis.gateway.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** The gateway's end takes as long as the slowest, and not as long as all of them. */
class DueWorkersTest {

  private final List<String> seen = new ArrayList<>();

  private final class Worker implements DueWorker {
    @Override
    public void stop() {
      seen.add("stop");
    }

    @Override
    public void close() {
      seen.add("close");
    }
  }

  @Test
  void allAreToldToStopBeforeOneIsWaitedFor() {
    try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
      context.registerBean("one", DueWorker.class, Worker::new);
      context.registerBean("other", DueWorker.class, Worker::new);
      context.register(DueWorkers.class);
      context.refresh();
    }
    assertThat(seen).containsExactly("stop", "stop", "close", "close");
  }
}
