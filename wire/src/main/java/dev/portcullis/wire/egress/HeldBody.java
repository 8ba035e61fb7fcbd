package dev.portcullis.wire.egress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** A body whose last byte is decided when the others have left. */
final class HeldBody extends AbstractHttpEntity {
  private final byte[] body;
  private final EgressClient.LastByte end;
  private final Attempt attempt;

  HeldBody(byte[] body, EgressClient.LastByte end, Attempt attempt) {
    super((String) null, null);
    this.body = body;
    this.end = end;
    this.attempt = attempt;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    out.write(body);
    out.flush();
    attempt.asks();
    EgressClient.End decided = decided();
    attempt.release(decided.timeLimit());
    out.write(decided.last());
  }

  private EgressClient.End decided() throws UndecidedException {
    try {
      return end.decide();
    } catch (Error e) {
      throw new UndecidedException(e);
    }
  }

  @Override
  public long getContentLength() {
    return body.length + 1L;
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public boolean isStreaming() {
    return false;
  }

  @Override
  public InputStream getContent() {
    throw new UnsupportedOperationException("it is written once");
  }

  @Override
  public void close() {
    // There is nothing to give back.
  }

  /** The client takes an error for its own end, and all its connections with it. */
  static final class UndecidedException extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient Error why;

    UndecidedException(Error why) {
      super(why);
      this.why = why;
    }

    Error why() {
      return why;
    }
  }
}
