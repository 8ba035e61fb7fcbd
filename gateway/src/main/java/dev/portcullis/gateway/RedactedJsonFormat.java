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

/**
 * One JSON object a line. Each value is scrubbed of card numbers and secrets whatever was logged,
 * before it is written: JSON's escapes would hide separators, and a gap could cut through them.
 */
public final class RedactedJsonFormat implements StructuredLogFormatter<ILoggingEvent> {

  @Override
  public String format(ILoggingEvent event) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("time", event.getInstant().toString());
    line.put("level", event.getLevel().toString());
    line.put("zone", "gateway");
    line.put("logger", event.getLoggerName());
    RequestScope.current().ifPresent(id -> line.put("request", id));
    line.put("message", Redaction.scrub(event.getFormattedMessage()));
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        line.put(pair.key, scrubbed(pair.value));
      }
    }
    if (event.getThrowableProxy() != null) {
      line.put(
          "exception", Redaction.scrub(ThrowableProxyUtil.asString(event.getThrowableProxy())));
    }
    return Json.writeString(line) + "\n";
  }

  /** A number stays one only where nothing in it has to go, so that the line stays JSON. */
  private static @Nullable Object scrubbed(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    String text = value.toString();
    String clean = Redaction.scrub(text);
    return value instanceof Number && clean.equals(text) ? value : clean;
  }
}
