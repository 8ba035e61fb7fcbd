package dev.portcullis.vault.http;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.http.HeldCall;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A request that came through Helidon. */
final class HelidonExchange implements Exchange {

  private static final Logger LOG = Logger.getLogger(HelidonExchange.class.getName());

  /**
   * How much of a body that nobody wanted is read and thrown away behind its answer. A connection
   * that is closed with bytes in it unread takes the answer with it, which the client may not have
   * read yet (RFC 9112, section 9.6): so long a client has that reads while it writes, and so much
   * may one send that does not.
   */
  private static final long MAX_DISCARDED = 4L << 20;

  private static final int CHUNK = 1 << 13;

  private static final HeaderName HELD = HeaderNames.create(HeldCall.HEADER);

  private final ServerRequest request;
  private final String requestId;
  private final int maxBody;
  private final boolean held;
  private final BoundedSockets.Watch watch;
  private final InstantSource clock;
  private @Nullable InputStream content;
  private boolean unread;
  private boolean released;
  private boolean broken;
  private long heldMillis;

  /**
   * @param holds whether the client is one that may hold a call ({@link HeldCall})
   */
  HelidonExchange(
      ServerRequest request,
      String requestId,
      int maxBody,
      boolean holds,
      BoundedSockets.Watch watch,
      InstantSource clock) {
    this.watch = watch;
    this.clock = clock;
    this.maxBody = maxBody;
    this.request = request;
    this.requestId = requestId;
    this.unread = request.content().hasEntity();
    this.held = holds && unread && request.headers().contains(HELD);
    this.released = !held;
  }

  @Override
  public String method() {
    return request.prologue().method().text();
  }

  @Override
  public String path() {
    return request.path().rawPath();
  }

  @Override
  public @Nullable String query() {
    String query = request.query().rawValue();
    return query.isEmpty() ? null : query;
  }

  @Override
  public @Nullable String header(String name) {
    return request.headers().first(HeaderNames.create(name)).orElse(null);
  }

  @Override
  public List<String> headers(String name) {
    return request.headers().all(HeaderNames.create(name), List::of);
  }

  @Override
  public InetAddress peer() {
    return request.remotePeer().address() instanceof InetSocketAddress address
            && address.getAddress() != null
        ? address.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  @Override
  public String requestId() {
    return requestId;
  }

  @Override
  public byte[] body() {
    if (!unread) {
      return new byte[0];
    }
    if (request.headers().contentLength().orElse(0) > maxBody) {
      throw new ApiException(ApiErrors.tooLarge());
    }
    byte[] body = readUpTo(held ? heldLength() : maxBody + 1);
    if (body.length > maxBody) {
      throw new ApiException(ApiErrors.tooLarge());
    }
    unread = held;
    return body;
  }

  /** Whoever does not say how long the body is has no last byte to keep back. */
  private int heldLength() {
    long length = request.headers().contentLength().orElse(0);
    if (length <= 1) {
      throw new ApiException(ApiErrors.badRequest("A held call says how long its body is."));
    }
    return Math.toIntExact(length - 1);
  }

  @Override
  public boolean isReleased() {
    if (!held || !unread || broken) {
      return released;
    }
    watch.holds();
    long begin = clock.millis();
    try {
      byte[] last = content().readNBytes(2);
      unread = false;
      released = last.length == 1 && last[0] == HeldCall.GO;
    } catch (IOException | RuntimeException gone) {
      LOG.log(Level.FINE, "the client of a held call is gone", gone);
      broken = true;
    } finally {
      watch.held();
      heldMillis = clock.millis() - begin;
    }
    return released;
  }

  /** How long its client kept it waiting for the last byte, which is no time of ours. */
  long heldMillis() {
    return heldMillis;
  }

  private byte[] readUpTo(int limit) {
    watch.receives();
    try {
      return content().readNBytes(limit);
    } catch (IOException | RuntimeException e) {
      // A chunk whose size is no number, or wrong; a client that went away. There is no more to
      // read, and where the next request would begin nobody knows.
      broken = true;
      throw new ApiException(ApiErrors.badRequest("The request's body could not be read."), e);
    } finally {
      watch.received();
    }
  }

  private InputStream content() {
    InputStream open = content;
    if (open == null) {
      open = request.content().inputStream();
      content = open;
    }
    return open;
  }

  /** Whether the body could not be read: where the next request begins nobody knows. */
  boolean isBroken() {
    return broken;
  }

  /**
   * Whether the connection must end with the answer: whoever sends such a body begins anew, and
   * whoever wants it to end is waiting for that (RFC 9112, section 9.6).
   */
  boolean isLast() {
    return unread || request.headers().contains(HeaderValues.CONNECTION_CLOSE);
  }

  /** Reads and throws away what is left of the body, so that the client sees its answer. */
  void discardRest() {
    boolean waits = request.headers().contains(HeaderNames.EXPECT) && content == null;
    if (!unread || broken || waits) {
      return; // who waits to be told whether to send its body is not told
    }
    watch.receives();
    byte[] chunk = new byte[CHUNK];
    try {
      long left = MAX_DISCARDED;
      while (left > 0) {
        int read = content().read(chunk);
        if (read < 0) {
          return;
        }
        left -= read;
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.FINE, "the client is gone or sends nonsense", e);
    } finally {
      watch.received();
    }
  }
}
