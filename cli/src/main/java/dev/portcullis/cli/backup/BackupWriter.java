package dev.portcullis.cli.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.streamingaead.PredefinedStreamingAeadParameters;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.json.Json;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a backup: a readable line that says which key opens it, the home's signature of that line,
 * and then one stream, compressed and encrypted in segments of 1 MiB (Tink's AES256_GCM_HKDF_1MB),
 * with the line bound to it. A segment that is missing, moved or changed, and an end that was cut
 * off, do not decrypt. The stream's key is in the line, closed to everybody who does not hold the
 * recovery half: nobody else can put another stream behind a line that was signed.
 *
 * <p>In the stream: the {@link Preamble}, each table in blocks with what was counted of it, each
 * database's sequences, and an end.
 */
final class BackupWriter implements AutoCloseable {
  static final String MAGIC = "portcullis-backup 2\n";
  static final int BLOCK = 1 << 16;
  static final byte END = 0;
  static final byte TABLE = 1;
  static final byte SEQUENCES = 2;

  private final DataOutputStream out;
  private long tables;
  private long rows;

  /**
   * @param to is closed with this writer
   */
  BackupWriter(OutputStream to, HomeHalf key, Preamble preamble) throws IOException {
    try {
      KeysetHandle streamKey =
          KeysetHandle.generateNew(
              PredefinedStreamingAeadParameters.AES256_GCM_HKDF_1MB, Primitives.configuration());
      byte[] wrapped =
          key.wrap(
              TinkProtoKeysetFormat.serializeKeyset(
                  streamKey, InsecureSecretKeyAccess.get(), Primitives.configuration()));
      Map<String, @Nullable Object> line = new LinkedHashMap<>();
      line.put("id", preamble.id());
      line.put("at", preamble.at().toString());
      line.put("key", key.id());
      line.put("wrapped", Base64.getEncoder().encodeToString(wrapped));
      byte[] head = (MAGIC + Json.writeString(line) + "\n").getBytes(UTF_8);
      to.write(head);
      to.write((Base64.getEncoder().encodeToString(key.sign(head)) + "\n").getBytes(UTF_8));
      OutputStream encrypted =
          streamKey
              .getPrimitive(Primitives.configuration(), StreamingAead.class)
              .newEncryptingStream(to, head);
      this.out =
          new DataOutputStream(new BufferedOutputStream(new QuickGzip(encrypted), 2 * BLOCK));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the backup cannot be encrypted", e);
    }
    json(preamble.tree());
  }

  /** Compression must not be what the database waits for. */
  private static final class QuickGzip extends GZIPOutputStream {
    QuickGzip(OutputStream out) throws IOException {
      super(out, BLOCK);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  private void json(Map<String, @Nullable Object> tree) throws IOException {
    byte[] bytes = Json.write(tree);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** Where a table's rows are written to; {@link TableOut#finish} ends it. */
  TableOut table(Zone zone, TableName table) throws IOException {
    out.writeByte(TABLE);
    Map<String, @Nullable Object> head = new LinkedHashMap<>();
    head.put("database", zone.label());
    head.put("schema", table.schema());
    head.put("table", table.name());
    head.put("columns", table.columns());
    json(head);
    return new TableOut();
  }

  /** The rows of one table, in PostgreSQL's text form. */
  final class TableOut extends OutputStream {
    private final RowsDigest digest = new RowsDigest();
    private final byte[] block = new byte[BLOCK];
    private int filled;

    private TableOut() {}

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      digest.update(bytes, offset, length);
      int from = offset;
      while (from < offset + length) {
        int part = Math.min(BLOCK - filled, offset + length - from);
        System.arraycopy(bytes, from, block, filled, part);
        filled += part;
        from += part;
        if (filled == BLOCK) {
          flushBlock();
        }
      }
    }

    private void flushBlock() throws IOException {
      if (filled > 0) {
        out.writeInt(filled);
        out.write(block, 0, filled);
        filled = 0;
      }
    }

    RowsDigest.Count finish() throws IOException {
      flushBlock();
      out.writeInt(0);
      RowsDigest.Count count = digest.count();
      Map<String, @Nullable Object> tail = new LinkedHashMap<>();
      tail.put("rows", count.rows());
      tail.put("bytes", count.bytes());
      tail.put("hash", count.hash());
      json(tail);
      tables++;
      rows += count.rows();
      return count;
    }
  }

  void sequences(Zone zone, List<Catalogue.Sequence> sequences) throws IOException {
    out.writeByte(SEQUENCES);
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("database", zone.label());
    tree.put(
        "sequences",
        sequences.stream().map(s -> List.of(s.schema(), s.name(), s.last(), s.called())).toList());
    json(tree);
  }

  /** Without this the backup is not whole, however it came to its end. */
  void end() throws IOException {
    out.writeByte(END);
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("tables", tables);
    tree.put("rows", rows);
    json(tree);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
