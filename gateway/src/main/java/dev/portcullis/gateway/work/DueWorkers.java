package dev.portcullis.gateway.work;

import java.util.List;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.stereotype.Component;

/** Tells everybody who works on what is due to stop, as soon as the gateway begins to end. */
@Component
final class DueWorkers implements ApplicationListener<ContextClosedEvent> {

  private final List<DueWorker> workers;

  DueWorkers(List<DueWorker> workers) {
    this.workers = workers;
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    workers.forEach(DueWorker::stop);
  }
}
