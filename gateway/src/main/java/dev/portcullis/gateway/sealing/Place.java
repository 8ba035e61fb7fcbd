package dev.portcullis.gateway.sealing;

import dev.portcullis.gateway.journal.Table;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The one place where a sealed value may be opened. A value that was copied into another row, or
 * into another account's, does not open there.
 *
 * @param account whose it is
 * @param livemode of the row
 * @param kind what the value is, for instance {@code webhook_endpoint.secret}
 * @param id the row's id
 */
public record Place(String account, boolean livemode, String kind, String id) {

  /** A column of a row. */
  public static Place of(
      String account, boolean livemode, Table table, Table.Column column, String id) {
    return new Place(account, livemode, table.name() + '.' + column.name(), id);
  }

  /** Each part with its length before it, so that no two places read alike. */
  byte[] associatedData() {
    List<byte[]> parts =
        List.of(bytes(account), bytes(livemode ? "live" : "test"), bytes(kind), bytes(id));
    int size = parts.stream().mapToInt(part -> Integer.BYTES + part.length).sum();
    ByteBuffer buffer = ByteBuffer.allocate(size);
    parts.forEach(part -> buffer.putInt(part.length).put(part));
    return buffer.array();
  }

  private static byte[] bytes(String part) {
    return part.getBytes(StandardCharsets.UTF_8);
  }
}
