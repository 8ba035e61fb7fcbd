package dev.portcullis.gateway.http;

import dev.portcullis.gateway.limits.BodyBudget;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.FormDecoder;
import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.RequestBody;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** Reads a request's parameters from where its method has them, within bounds. */
final class Parameters {

  static final int MAX_BODY = 1 << 20;

  /** What a page sends: a client secret, a payment method, an address. */
  static final int PAGE_BODY = 32 << 10;

  /** What is announced is not made room for before it comes: room doubles with what has come. */
  private static final int FIRST_ROOM = 1 << 10;

  /**
   * What a body may take.
   *
   * @param time how long all of it may take to come
   * @param most how many bytes it has at most
   * @param memory gives room for them
   */
  record Room(Duration time, int most, BodyBudget.Share memory) {}

  private Parameters() {}

  /**
   * The parameters: of the query for GET and DELETE, of the body for POST (and DELETE, which some
   * clients send with one).
   *
   * @throws ApiException 400, 408, 413 or 415
   * @throws dev.portcullis.gateway.limits.LimitReached 429 or 503 if there is no room
   */
  static ParamTree read(HttpServletRequest request, Method method, Room room) throws IOException {
    String query = request.getQueryString();
    byte[] body = readBody(request, room);
    if (method == Method.GET && body.length > 0) {
      throw new ApiException(
          ApiErrors.badRequest("A GET request has its parameters in the query, not in a body."));
    }
    if (body.length == 0) {
      ParamTree tree = query == null ? ParamTree.EMPTY : FormDecoder.decode(query);
      if (method == Method.POST && !tree.names().isEmpty()) {
        throw inQuery(tree);
      }
      return tree;
    }
    if (query != null && !query.isEmpty()) {
      throw inQuery(FormDecoder.decode(query));
    }
    // What it is decoded into is about as large again.
    room.memory.take(body.length);
    return decode(request, body);
  }

  private static ApiException inQuery(ParamTree tree) {
    String name = tree.names().isEmpty() ? "" : ApiErrors.shown(tree.names().iterator().next());
    return new ApiException(
        ApiErrors.invalid(
            name,
            "parameter_in_query",
            "Send this request's parameters in its body, not in the query."));
  }

  private static ParamTree decode(HttpServletRequest request, byte[] body) {
    String encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !"identity".equalsIgnoreCase(encoding.strip())) {
      throw new ApiException(ApiErrors.unsupportedMediaType());
    }
    return RequestBody.decode(request.getContentType(), body);
  }

  /**
   * The body's bytes.
   *
   * @throws ApiException 400, 408 or 413
   * @throws dev.portcullis.gateway.limits.LimitReached 429 or 503 if there is no room
   */
  static byte[] readBody(HttpServletRequest request, Room room) throws IOException {
    long announced = request.getContentLengthLong();
    if (announced > room.most) {
      throw new ApiException(ApiErrors.tooLarge());
    }
    if (announced == 0 || (announced < 0 && request.getHeader("Transfer-Encoding") == null)) {
      return new byte[0];
    }
    ServletInputStream in = request.getInputStream();
    if (announced > 0) {
      byte[] body = read(in, new Room(room.time, (int) announced, room.memory), System::nanoTime);
      if (body.length < announced) {
        throw new ApiException(ApiErrors.badRequest("The request's body ended early."));
      }
      return body;
    }
    byte[] body = read(in, new Room(room.time, room.most + 1, room.memory), System::nanoTime);
    if (body.length > room.most) {
      Arrays.fill(body, (byte) 0);
      throw new ApiException(ApiErrors.tooLarge());
    }
    return body;
  }

  /**
   * As much as there is, up to so many bytes. The server's own timeout begins anew with every byte;
   * this one is for the whole body.
   */
  static byte[] read(InputStream in, Room room, LongSupplier nanos) throws IOException {
    long start = nanos.getAsLong();
    byte[] body = new byte[0];
    int size = 0;
    while (size < room.most) {
      if (size == body.length) {
        int larger = Math.min(room.most, Math.max(FIRST_ROOM, 2 * size));
        room.memory.take(larger - size);
        body = Arrays.copyOf(body, larger);
      }
      int read = in.read(body, size, body.length - size);
      if (read < 0) {
        break;
      }
      size += read;
      if (size < room.most && nanos.getAsLong() - start > room.time.toNanos()) {
        throw new ApiException(ApiErrors.requestTimeout());
      }
    }
    return size == body.length ? body : Arrays.copyOf(body, size);
  }
}
