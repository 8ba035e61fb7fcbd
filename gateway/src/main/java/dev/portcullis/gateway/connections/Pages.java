package dev.portcullis.gateway.connections;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;
import org.jspecify.annotations.Nullable;

/** Pages that depend on their path alone, for a server without a container. */
public final class Pages implements Adapter {

  private static final Logger LOG = Logger.getLogger(Pages.class.getName());

  private final Function<String, Page> pages;

  /**
   * One page.
   *
   * @param type its media type
   */
  public record Page(int status, String type, String text) {}

  /**
   * @param pages from a path, as it was sent, to its page
   */
  public Pages(Function<String, Page> pages) {
    this.pages = pages;
  }

  @Override
  public void service(Request request, Response response) throws IOException {
    Page page;
    try {
      page = pages.apply(request.requestURI().toString());
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, "a page could not be made", e);
      page = new Page(500, "application/json", "{}");
    }
    byte[] bytes = page.text().getBytes(StandardCharsets.UTF_8);
    response.setStatus(page.status());
    response.setContentTypeNoCharset(page.type());
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setContentLength(bytes.length);
    response.doWrite(ByteBuffer.wrap(bytes));
  }

  @Override
  public boolean prepare(Request request, Response response) {
    return true;
  }

  /** There is nothing asynchronous. */
  @Override
  public boolean asyncDispatch(Request request, Response response, SocketEvent event) {
    return false;
  }

  /** What the server refuses by itself has no page. */
  @Override
  public void log(Request request, Response response, long time) {}

  @Override
  public void checkRecycled(Request request, Response response) {}

  /** Null: nothing is shown to JMX. */
  @Override
  public @Nullable String getDomain() {
    return null;
  }
}
