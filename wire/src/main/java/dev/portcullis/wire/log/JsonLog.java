package dev.portcullis.wire.log;

import dev.portcullis.wire.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The JDK's logging as one redacted JSON object a line on standard error. */
public final class JsonLog {

  /** What is held: a logger is forgotten, with its level, once nobody holds it. */
  private static final Logger ROOT = Logger.getLogger("");

  private JsonLog() {}

  /** Makes this the form of all log lines of the process; libraries below WARNING are silent. */
  public static void install(String zone) {
    for (Handler handler : ROOT.getHandlers()) {
      ROOT.removeHandler(handler);
    }
    Handler handler = new ConsoleHandler();
    handler.setFormatter(new JsonFormatter(zone));
    handler.setLevel(Level.ALL);
    try {
      handler.setEncoding(StandardCharsets.UTF_8.name());
    } catch (java.io.UnsupportedEncodingException e) {
      throw new IllegalStateException("the JDK has no UTF-8", e);
    }
    ROOT.addHandler(handler);
    ROOT.setLevel(Level.WARNING);
    OURS.setLevel(Level.INFO);
    Uncaught.install();
  }

  private static final Logger OURS = Logger.getLogger("dev.portcullis");

  /** One line a record. Every text in it is scrubbed, the stack trace too. */
  static final class JsonFormatter extends Formatter {
    private final String zone;

    JsonFormatter(String zone) {
      this.zone = zone;
    }

    @Override
    public String format(LogRecord record) {
      Map<String, @Nullable Object> line = new LinkedHashMap<>();
      line.put("time", record.getInstant().toString());
      line.put("level", record.getLevel().getName().toLowerCase(Locale.ROOT));
      line.put("zone", zone);
      line.put("logger", record.getLoggerName());
      RequestScope.current().ifPresent(id -> line.put("request", id));
      line.put("message", Redaction.scrub(formatMessage(record)));
      if (record.getThrown() != null) {
        line.put("error", Redaction.scrub(stackTrace(record.getThrown())));
      }
      return Json.writeString(line) + "\n";
    }

    private static String stackTrace(Throwable thrown) {
      StringWriter text = new StringWriter();
      thrown.printStackTrace(new PrintWriter(text));
      return text.toString();
    }
  }
}
