package dev.portcullis.vault.forward;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** A buffer that can be cleared: it holds a card number. */
final class ClearableBuffer extends ByteArrayOutputStream {

  ClearableBuffer() {
    super(1 << 10);
  }

  void clear() {
    Arrays.fill(buf, (byte) 0);
  }

  /** Writes what is of no use elsewhere, and clears it. */
  void move(byte[] bytes) {
    writeBytes(bytes);
    Arrays.fill(bytes, (byte) 0);
  }

  /** A buffer that grows leaves the smaller one behind: that one is cleared too. */
  @Override
  public synchronized void write(byte[] bytes, int from, int length) {
    byte[] before = buf;
    super.write(bytes, from, length);
    forget(before);
  }

  @Override
  public synchronized void write(int one) {
    byte[] before = buf;
    super.write(one);
    forget(before);
  }

  private void forget(byte[] before) {
    if (before != buf) {
      Arrays.fill(before, (byte) 0);
    }
  }
}
