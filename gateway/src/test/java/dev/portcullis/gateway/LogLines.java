package dev.portcullis.gateway;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.wire.json.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The log as it is written, until it is closed. */
final class LogLines implements AutoCloseable {

  private final List<Map<String, @Nullable Object>> all = new CopyOnWriteArrayList<>();
  private final Appender appender = new Appender();
  private final Logger root;

  private final class Appender extends AppenderBase<ILoggingEvent> {
    private final RedactedJsonFormat format = new RedactedJsonFormat();

    @Override
    protected void append(ILoggingEvent event) {
      all.add(Json.readObject(format.format(event)));
    }
  }

  LogLines() {
    LoggerContext logs = (LoggerContext) LoggerFactory.getILoggerFactory();
    root = logs.getLogger("ROOT");
    appender.setContext(logs);
    appender.start();
    root.addAppender(appender);
  }

  /** What that logger wrote of the request that was answered so. */
  Map<String, @Nullable Object> of(Answer answer, String logger) {
    String request = answer.http().headers().firstValue("Request-Id").orElseThrow();
    return all.stream()
        .filter(line -> request.equals(line.get("request")))
        .filter(line -> logger.equals(line.get("logger")))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    root.detachAppender(appender);
  }
}
