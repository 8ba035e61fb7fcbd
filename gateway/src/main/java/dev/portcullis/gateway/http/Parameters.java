package dev.portcullis.gateway.http;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.FormDecoder;
import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.RequestBody;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
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

  /** What is announced is not made room for before it comes. */
  private static final int FIRST_CHUNK = 16 << 10;

  private Parameters() {}

  /**
   * The parameters: of the query for GET and DELETE, of the body for POST (and DELETE, which some
   * clients send with one).
   *
   * @throws ApiException 400, 413 or 415
   */
  static ParamTree read(HttpServletRequest request, Method method, Duration bodyTime, int most)
      throws IOException {
    String query = request.getQueryString();
    byte[] body = readBody(request, bodyTime, most);
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
    return decode(request, body);
  }

  private static ApiException inQuery(ParamTree tree) {
    String name = tree.names().isEmpty() ? "" : ApiErrors.shown(tree.names().iterator().next());
    return new ApiException(
        ApiErrors.invalid(
            name,
            "parameter_in_query",
            "This request has its parameters in its body, not in the query."));
  }

  private static ParamTree decode(HttpServletRequest request, byte[] body) {
    String encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !"identity".equalsIgnoreCase(encoding.strip())) {
      throw new ApiException(ApiErrors.unsupportedMediaType());
    }
    return RequestBody.decode(request.getContentType(), body);
  }

  private static byte[] readBody(HttpServletRequest request, Duration time, int most)
      throws IOException {
    long announced = request.getContentLengthLong();
    if (announced > most) {
      throw new ApiException(ApiErrors.tooLarge());
    }
    if (announced == 0 || (announced < 0 && request.getHeader("Transfer-Encoding") == null)) {
      return new byte[0];
    }
    ServletInputStream in = request.getInputStream();
    if (announced > 0) {
      byte[] body = read(in, (int) announced, time, System::nanoTime);
      if (body.length < announced) {
        throw new ApiException(ApiErrors.badRequest("The request's body ended early."));
      }
      return body;
    }
    byte[] body = read(in, most + 1, time, System::nanoTime);
    if (body.length > most) {
      Arrays.fill(body, (byte) 0);
      throw new ApiException(ApiErrors.tooLarge());
    }
    return body;
  }

  /**
   * As much as there is, up to so many bytes. The server's own timeout begins anew with every byte;
   * this one is for the whole body.
   */
  static byte[] read(InputStream in, int most, Duration time, LongSupplier nanos)
      throws IOException {
    long start = nanos.getAsLong();
    ByteArrayOutputStream body = new ByteArrayOutputStream(Math.min(most, FIRST_CHUNK));
    byte[] chunk = new byte[Math.min(most, FIRST_CHUNK)];
    while (body.size() < most) {
      int read = in.read(chunk, 0, Math.min(chunk.length, most - body.size()));
      if (read < 0) {
        break;
      }
      body.write(chunk, 0, read);
      if (body.size() < most && nanos.getAsLong() - start > time.toNanos()) {
        throw new ApiException(ApiErrors.requestTimeout());
      }
    }
    return body.toByteArray();
  }
}
