package dev.portcullis.cli.backup;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a backup from its beginning to its end. Nothing of it counts before {@link #next()} has
 * said that it is over: only the last segment proves that none is missing.
 */
final class BackupReader implements AutoCloseable {
  private static final int MAX_LINE = 64 << 10;
  private static final int MAX_JSON = 4 << 20;

  private final Path file;
  private final InputStream raw;
  private final InputStream decrypted;
  private final DataInputStream in;
  private final Preamble preamble;
  private @Nullable TableIn open;
  private long tables;
  private long rows;

  /** What comes next in a backup. */
  sealed interface Part {
    /** A table, whose rows must be read before the next part. */
    record Table(Zone zone, TableName table, TableIn data) implements Part {}

    /** Where a database's sequences stand. */
    record Sequences(Zone zone, List<Catalogue.Sequence> all) implements Part {}
  }

  private BackupReader(Path file, InputStream raw, RecoveryHalf key) throws IOException {
    this.file = file;
    this.raw = raw;
    byte[] head = head(raw);
    Map<String, @Nullable Object> line =
        Json.readObject(
            new String(head, StandardCharsets.UTF_8).substring(BackupWriter.MAGIC.length()));
    if (!key.id().equals(line.get("key"))) {
      throw new Refusal(
          "%s was made for the backup key %s, and this is the key %s."
              .formatted(file, line.get("key"), key.id()));
    }
    requireSigned(key, signature(raw), head);
    this.decrypted = decrypt(raw, key, String.valueOf(line.get("wrapped")), head);
    this.in =
        new DataInputStream(
            new BufferedInputStream(
                new GZIPInputStream(decrypted, BackupWriter.BLOCK), 2 * BackupWriter.BLOCK));
    this.preamble = Preamble.read(json());
  }

  /**
   * Opens a backup.
   *
   * @throws Refusal if it is none, is damaged, is for another key, or was made by somebody else
   */
  static BackupReader open(Path file, RecoveryHalf key) {
    InputStream raw;
    try {
      raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    } catch (IOException e) {
      throw HomeFiles.failure("read " + file, e);
    }
    try {
      return new BackupReader(file, raw, key);
    } catch (IOException | MalformedJsonException e) {
      throw closed(raw, damaged(file, e));
    } catch (Refusal e) {
      throw closed(raw, e);
    }
  }

  /**
   * Opens a backup that was read wholly before.
   *
   * @param verified what it was then
   * @throws Refusal as {@link #open}, and if whoever may write there has put another one in its
   *     place meanwhile, though that is a genuine one of the same home
   */
  static BackupReader openVerified(Path file, RecoveryHalf key, Preamble verified) {
    BackupReader reader = open(file, key);
    if (!reader.preamble().equals(verified)) {
      throw closed(
          reader.raw,
          new Refusal(
              "%s is no longer the backup that was verified: find out who writes where your backups lie; nothing of it was restored."
                  .formatted(file)));
    }
    return reader;
  }

  private static Refusal closed(InputStream raw, Refusal refusal) {
    try {
      raw.close();
    } catch (IOException e) {
      refusal.addSuppressed(e);
    }
    return refusal;
  }

  /** A refusal for a file that is not what was written. */
  static Refusal damaged(Path file, Exception e) {
    return new Refusal(
        file + " is damaged, cut off or no backup: take another one, nothing was restored.", e);
  }

  private static byte[] head(InputStream raw) throws IOException {
    byte[] start = raw.readNBytes(BackupWriter.MAGIC.length());
    if (!new String(start, StandardCharsets.ISO_8859_1).equals(BackupWriter.MAGIC)) {
      throw new IOException("no backup");
    }
    byte[] line = line(raw);
    byte[] head = Arrays.copyOf(start, start.length + line.length);
    System.arraycopy(line, 0, head, start.length, line.length);
    return head;
  }

  /** One line with its end. */
  private static byte[] line(InputStream raw) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = raw.read(); b != '\n'; b = raw.read()) {
      if (b < 0 || line.size() >= MAX_LINE) {
        throw new IOException("the backup's line has no end");
      }
      line.write(b);
    }
    line.write('\n');
    return line.toByteArray();
  }

  private static byte[] signature(InputStream raw) throws IOException {
    try {
      return Base64.getDecoder()
          .decode(new String(line(raw), StandardCharsets.ISO_8859_1).stripTrailing());
    } catch (IllegalArgumentException e) {
      throw new IOException("the backup's signature is not understood", e);
    }
  }

  /** Before anything of it is opened: whoever can write where backups lie could have made it. */
  private void requireSigned(RecoveryHalf key, byte[] signature, byte[] head) {
    try {
      key.verify(signature, head);
    } catch (GeneralSecurityException e) {
      throw new Refusal(
          file
              + " was not made by the home of this backup key, or was changed since: take another"
              + " one, and find out who writes where your backups lie; nothing was restored.",
          e);
    }
  }

  private static InputStream decrypt(InputStream raw, RecoveryHalf key, String wrapped, byte[] head)
      throws IOException {
    try {
      KeysetHandle streamKey =
          TinkProtoKeysetFormat.parseKeyset(
              key.unwrap(Base64.getDecoder().decode(wrapped)),
              InsecureSecretKeyAccess.get(),
              Primitives.configuration());
      return streamKey
          .getPrimitive(Primitives.configuration(), StreamingAead.class)
          .newDecryptingStream(raw, head);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("the backup's key does not open", e);
    }
  }

  Preamble preamble() {
    return preamble;
  }

  private Map<String, @Nullable Object> json() throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_JSON) {
      throw new IOException("a part is too long");
    }
    try {
      return Json.readObject(in.readNBytes(length));
    } catch (MalformedJsonException e) {
      throw new IOException("a part is not understood", e);
    }
  }

  /** The next part, or empty when the backup has ended as a whole one does. */
  Optional<Part> next() throws IOException {
    if (open != null) {
      open.requireFinished();
      open = null;
    }
    byte kind = in.readByte();
    return switch (kind) {
      case BackupWriter.TABLE -> Optional.of(table(json()));
      case BackupWriter.SEQUENCES -> Optional.of(sequences(json()));
      case BackupWriter.END -> {
        requireEnd(json());
        yield Optional.empty();
      }
      default -> throw new IOException("a part of the unknown kind " + kind);
    };
  }

  private Part table(Map<String, @Nullable Object> head) {
    List<String> columns = new ArrayList<>();
    list(head.get("columns")).forEach(column -> columns.add(String.valueOf(column)));
    TableName table =
        new TableName(
            String.valueOf(head.get("schema")), String.valueOf(head.get("table")), columns);
    TableIn data = new TableIn();
    open = data;
    return new Part.Table(zone(head), table, data);
  }

  private static Part sequences(Map<String, @Nullable Object> tree) {
    List<Catalogue.Sequence> all = new ArrayList<>();
    for (Object each : list(tree.get("sequences"))) {
      List<?> values = list(each);
      all.add(
          new Catalogue.Sequence(
              (String) values.get(0),
              (String) values.get(1),
              (Long) values.get(2),
              (Boolean) values.get(3)));
    }
    return new Part.Sequences(zone(tree), all);
  }

  private static Zone zone(Map<String, @Nullable Object> tree) {
    return "vault".equals(tree.get("database")) ? Zone.VAULT : Zone.GATEWAY;
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private void requireEnd(Map<String, @Nullable Object> tail) throws IOException {
    boolean whole =
        Objects.equals(tail.get("tables"), tables) && Objects.equals(tail.get("rows"), rows);
    // Reading to the very end makes the last segment prove itself.
    if (!whole || in.read() >= 0 || decrypted.read() >= 0) {
      throw new IOException("the backup does not end as it should");
    }
  }

  /** The rows of one table; what was read is counted and compared at its end. */
  final class TableIn extends InputStream {
    private final RowsDigest digest = new RowsDigest();
    private int left;
    private RowsDigest.@Nullable Count count;

    private TableIn() {}

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (count != null) {
        return -1;
      }
      if (left == 0) {
        left = in.readInt();
        if (left < 0 || left > BackupWriter.BLOCK) {
          throw new IOException("a block is too long");
        }
        if (left == 0) {
          count = requireSame(digest.count(), json());
          return -1;
        }
      }
      int part = Math.min(left, length);
      in.readFully(buffer, offset, part);
      digest.update(buffer, offset, part);
      left -= part;
      return part;
    }

    private RowsDigest.Count requireSame(RowsDigest.Count read, Map<String, ?> tail)
        throws IOException {
      if (!Objects.equals(tail.get("rows"), read.rows())
          || !Objects.equals(tail.get("bytes"), read.bytes())
          || !Objects.equals(tail.get("hash"), read.hash())) {
        throw new IOException("a table is not what was counted");
      }
      tables++;
      rows += read.rows();
      return read;
    }

    /** Reads what is left and tells what it was in all. */
    RowsDigest.Count drain() throws IOException {
      byte[] buffer = new byte[BackupWriter.BLOCK];
      int part;
      do {
        part = read(buffer, 0, buffer.length);
      } while (part >= 0);
      return requireFinished();
    }

    RowsDigest.Count requireFinished() {
      if (count == null) {
        throw new IllegalStateException("the table was not read to its end");
      }
      return count;
    }
  }

  Path file() {
    return file;
  }

  @Override
  public void close() {
    try {
      raw.close();
    } catch (IOException e) {
      throw HomeFiles.failure("close " + file, e);
    }
  }
}
