package dev.portcullis.gateway;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.log.Redaction;
import dev.portcullis.wire.log.RequestScope;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import org.springframework.boot.logging.structured.StructuredLogFormatter;

/** One JSON object a line, scrubbed of card numbers and secrets whatever was logged. */
public final class RedactedJsonFormat implements StructuredLogFormatter<ILoggingEvent> {

  @Override
  public String format(ILoggingEvent event) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("time", event.getInstant().toString());
    line.put("level", event.getLevel().toString());
    line.put("zone", "gateway");
    line.put("logger", event.getLoggerName());
    RequestScope.current().ifPresent(id -> line.put("request", id));
    line.put("message", event.getFormattedMessage());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        line.put(
            pair.key,
            pair.value instanceof Number || pair.value == null
                ? pair.value
                : pair.value.toString());
      }
    }
    if (event.getThrowableProxy() != null) {
      line.put("exception", ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    return Redaction.scrub(Json.writeString(line)) + "\n";
  }
}
