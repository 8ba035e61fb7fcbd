package dev.portcullis.gateway.connections;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.jspecify.annotations.Nullable;

/** Reads a request's body to its end, and then shows a page that says which. */
final class Reading implements Adapter {

  private final Pages pages = new Pages(path -> new Pages.Page(200, "text/plain", path));

  /** Takes what comes and keeps nothing. */
  private static final class Sink implements ApplicationBufferHandler {
    private ByteBuffer buffer = ByteBuffer.allocate(0);

    @Override
    public void setByteBuffer(ByteBuffer given) {
      buffer = given;
    }

    @Override
    public ByteBuffer getByteBuffer() {
      return buffer;
    }

    @Override
    public void expand(int size) {}
  }

  @Override
  public void service(Request request, Response response) throws IOException {
    Sink sink = new Sink();
    int read = 0;
    while (read >= 0) {
      read = request.doRead(sink);
    }
    pages.service(request, response);
  }

  @Override
  public boolean prepare(Request request, Response response) {
    return true;
  }

  @Override
  public boolean asyncDispatch(Request request, Response response, SocketEvent event) {
    return false;
  }

  @Override
  public void log(Request request, Response response, long time) {}

  @Override
  public void checkRecycled(Request request, Response response) {}

  @Override
  public @Nullable String getDomain() {
    return null;
  }
}
