package dev.portcullis.gateway.connections;

import java.nio.charset.StandardCharsets;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;

/**
 * Tomcat answers {@code OPTIONS *} (RFC 9110, 9.3.7) by itself, before any valve: without the
 * common header fields, and with methods that nothing here has. Nothing here speaks for a whole
 * server, so it becomes a path that is not there.
 */
final class OwnPaths implements Adapter {

  private static final String WHOLE_SERVER = "*";
  private static final byte[] NO_PATH = "/*".getBytes(StandardCharsets.US_ASCII);

  private final Adapter adapter;

  OwnPaths(Adapter adapter) {
    this.adapter = adapter;
  }

  @Override
  public void service(Request request, Response response) throws Exception {
    if (request.requestURI().equals(WHOLE_SERVER)) {
      request.requestURI().setBytes(NO_PATH, 0, NO_PATH.length);
    }
    adapter.service(request, response);
  }

  @Override
  public boolean prepare(Request request, Response response) throws Exception {
    return adapter.prepare(request, response);
  }

  @Override
  public boolean asyncDispatch(Request request, Response response, SocketEvent event)
      throws Exception {
    return adapter.asyncDispatch(request, response, event);
  }

  @Override
  public void log(Request request, Response response, long time) {
    adapter.log(request, response, time);
  }

  @Override
  public void checkRecycled(Request request, Response response) {
    adapter.checkRecycled(request, response);
  }

  @Override
  public String getDomain() {
    return adapter.getDomain();
  }
}
