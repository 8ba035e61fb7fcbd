package dev.portcullis.simulator;

import dev.portcullis.wire.json.MalformedJsonException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What this provider did: a file that only grows. Each line holds what changed together, as it then
 * stood; the last state of a number counts. A line is written in one write before anybody is told
 * of it, and one without its end never happened: a killed process loses nothing that it answered.
 *
 * <p>In memory there is only where the lines are. Not thread-safe: {@link Acquirer} holds a lock.
 */
final class Ledger implements AutoCloseable {

  /** Longer than any line can be; a longer one means that the file is not a ledger. */
  private static final int MAX_LINE = 131_072;

  /** As many of one name are given out. */
  private static final int MOST_NAMED = 1_000;

  /** Between the operations of one line; JSON escapes it, so it stands nowhere else. */
  private static final char SEPARATOR = '\t';

  private final FileChannel file;
  private final ReferenceIndex index = new ReferenceIndex();
  private final ReferenceIndex aliases = new ReferenceIndex();
  private long[] offsets = new long[1024];
  private int[] lengths = new int[1024];
  private int size;

  /** Where the next line goes. */
  private long end;

  private Ledger(FileChannel file) {
    this.file = file;
  }

  /**
   * Opens the ledger, making it if there is none, and reads it once.
   *
   * @param each sees every line in order, older states of an operation too
   * @throws IOException if the file cannot be used or holds something else
   */
  static Ledger open(Path directory, Consumer<Operation> each) throws IOException {
    Files.createDirectories(directory);
    Path path = directory.resolve("ledger.jsonl");
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (file.tryLock() == null) {
        throw new IOException("another simulator uses the ledger " + path);
      }
      Ledger ledger = new Ledger(file);
      ledger.replay(each);
      return ledger;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void replay(Consumer<Operation> each) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(65_536);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long position = 0;
    while (file.read(chunk, position) > 0) {
      chunk.flip();
      position += chunk.remaining();
      while (chunk.hasRemaining()) {
        byte next = chunk.get();
        if (next != '\n') {
          line.write(next);
          continue;
        }
        replayLine(line.toByteArray(), each);
        line.reset();
      }
      if (line.size() > MAX_LINE) {
        throw new IOException("the ledger holds a line that is too long: not a ledger?");
      }
      chunk.clear();
    }
    // A line without its end was being written when the process died: nobody was told of it.
    file.truncate(end);
  }

  private void replayLine(byte[] line, Consumer<Operation> each) throws IOException {
    int start = 0;
    for (int at = 0; at <= line.length; at++) {
      if (at == line.length || line[at] == SEPARATOR) {
        Operation operation = replayed(Arrays.copyOfRange(line, start, at));
        remember(operation, end + start, at - start);
        each.accept(operation);
        start = at + 1;
      }
    }
    end += line.length + 1L;
  }

  private Operation replayed(byte[] json) throws IOException {
    try {
      Operation operation = OperationCodec.read(json);
      int number = operation.identity().number();
      if (number >= 0 && number <= size) {
        return operation;
      }
    } catch (IllegalArgumentException | MalformedJsonException e) {
      throw new IOException("the ledger is damaged at byte " + end, e);
    }
    throw new IOException("the ledger has a gap at byte " + end);
  }

  /** How many operations there are; the next one gets this number. */
  int size() {
    return size;
  }

  /** The operation with that reference, or null. */
  @Nullable Operation byReference(String reference) {
    int number = index.find(reference, n -> at(n).identity().reference().equals(reference));
    return number < 0 ? null : at(number);
  }

  /** The first operation that the merchant calls so, or null. */
  @Nullable Operation byAlias(String alias) {
    int number = aliases.find(alias, n -> alias.equals(at(n).notes().alias()));
    return number < 0 ? null : at(number);
  }

  /** The operations that the merchant calls so, the last thousand in the order of the ledger. */
  List<Operation> allByAlias(String alias) {
    List<Operation> found = new ArrayList<>();
    int[] numbers = aliases.findAll(alias);
    for (int i = Math.max(0, numbers.length - MOST_NAMED); i < numbers.length; i++) {
      int number = numbers[i];
      Operation operation = at(number);
      if (alias.equals(operation.notes().alias())) {
        found.add(operation);
      }
    }
    return found;
  }

  /** The operation with that number, from 0 to {@code size() - 1}. */
  Operation at(int number) {
    ByteBuffer line = ByteBuffer.allocate(lengths[number]);
    try {
      for (long from = offsets[number]; line.hasRemaining(); ) {
        int read = file.read(line, from + line.position());
        if (read < 0) {
          throw new EOFException("the ledger has become shorter");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return OperationCodec.read(line.array());
  }

  /**
   * Writes operations as they stand now, all or none of them; returns when the system has them. A
   * new one comes first and has the number {@link #size()}.
   */
  void write(Operation... operations) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    int[] ends = new int[operations.length];
    for (int i = 0; i < operations.length; i++) {
      line.writeBytes(OperationCodec.write(operations[i]));
      ends[i] = line.size();
      line.write(i == operations.length - 1 ? '\n' : SEPARATOR);
    }
    if (line.size() > MAX_LINE) {
      throw new IllegalStateException("a line that the ledger could not be read with again");
    }
    ByteBuffer bytes = ByteBuffer.wrap(line.toByteArray());
    try {
      while (bytes.hasRemaining()) {
        file.write(bytes, end + bytes.position());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int start = 0;
    for (int i = 0; i < operations.length; i++) {
      remember(operations[i], end + start, ends[i] - start);
      start = ends[i] + 1;
    }
    end += line.size();
  }

  private void remember(Operation operation, long offset, int length) {
    int number = operation.identity().number();
    if (number == size) {
      if (size == offsets.length) {
        offsets = Arrays.copyOf(offsets, size * 2);
        lengths = Arrays.copyOf(lengths, size * 2);
      }
      index.add(operation.identity().reference(), number);
      if (operation.notes().alias() != null) {
        aliases.add(operation.notes().alias(), number);
      }
      size++;
    }
    offsets[number] = offset;
    lengths[number] = length;
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
