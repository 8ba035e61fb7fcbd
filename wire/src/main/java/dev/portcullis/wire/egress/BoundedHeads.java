package dev.portcullis.wire.egress;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpMessageParserFactory;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads heads of answers up to a number of bytes in all. Bounds of lines and of their number alone
 * leave their product to whoever answers, who may keep it in memory by never ending the head.
 *
 * @param most how many bytes a head may have
 */
record BoundedHeads(int most) implements HttpMessageParserFactory<ClassicHttpResponse> {

  private static final int MOST_LINES = 100;
  private static final int LONGEST_LINE = 8_192;

  /** The bounds of lines, for the connection that has these heads. */
  Http1Config lines() {
    return Http1Config.custom()
        .setMaxHeaderCount(MOST_LINES)
        .setMaxLineLength(Math.min(LONGEST_LINE, most))
        .build();
  }

  @Override
  @SuppressWarnings("deprecation") // the one method that has to be there
  public HttpMessageParser<ClassicHttpResponse> create(@Nullable Http1Config ignored) {
    HttpMessageParser<ClassicHttpResponse> parser =
        DefaultHttpResponseParserFactory.INSTANCE.create(lines());
    return (buffer, in) -> parser.parse(new Counted(buffer, most), in);
  }

  /** A connection's buffer while one head is read from it. */
  private static final class Counted implements SessionInputBuffer {
    private final SessionInputBuffer buffer;
    private int left;

    Counted(SessionInputBuffer buffer, int most) {
      this.buffer = buffer;
      this.left = most;
    }

    @Override
    public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
      int length = buffer.readLine(line, in);
      left -= Math.max(length, 0);
      if (left < 0) {
        throw new MessageConstraintException("the head of the answer is too long");
      }
      return length;
    }

    @Override
    public int length() {
      return buffer.length();
    }

    @Override
    public int capacity() {
      return buffer.capacity();
    }

    @Override
    public int available() {
      return buffer.available();
    }

    @Override
    public int read(byte[] bytes, int offset, int length, InputStream in) throws IOException {
      return buffer.read(bytes, offset, length, in);
    }

    @Override
    public int read(byte[] bytes, InputStream in) throws IOException {
      return buffer.read(bytes, in);
    }

    @Override
    public int read(InputStream in) throws IOException {
      return buffer.read(in);
    }

    @Override
    public HttpTransportMetrics getMetrics() {
      return buffer.getMetrics();
    }
  }
}
