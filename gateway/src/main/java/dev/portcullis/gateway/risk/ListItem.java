package dev.portcullis.gateway.risk;

import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.sealing.BlindIndex;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.net.Cidr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An item of a value list as it is stored: e-mail addresses and the like are sealed in the document
 * and found by a keyed hash. Items from before there was sealing stand as they were written, until
 * they are sealed, and count as well; the column {@code network} is theirs alone.
 */
final class ListItem {

  static final String OBJECT = "radar.value_list_item";

  static final Table TABLE =
      Table.of(
          "radar_value_list_items",
          "fixed value_list text",
          "blind value text",
          "network cidr",
          "deleted boolean",
          "personal doc jsonb");

  /** As the journal names what it hashes. */
  private static final String COLUMN = TABLE.name() + ".value";

  /** A name that says that it is personal. */
  private static final String STORED_VALUE = "list_value";

  private static final String VALUE = "value";

  private ListItem() {}

  /** The document as it is stored, of the object that the wire shows. */
  static String stored(Map<String, @Nullable Object> shown) {
    return Json.writeString(renamed(shown, VALUE, STORED_VALUE));
  }

  /** The object that the wire shows. */
  static Map<String, @Nullable Object> shown(Stored item) {
    return renamed(Json.readObject(item.doc()), STORED_VALUE, VALUE);
  }

  private static Map<String, @Nullable Object> renamed(
      Map<String, @Nullable Object> doc, String from, String to) {
    Map<String, @Nullable Object> renamed = new LinkedHashMap<>();
    doc.forEach((name, value) -> renamed.put(name.equals(from) ? to : name, value));
    return renamed;
  }

  /** What an item is found by: a block of addresses without the bits beyond its prefix. */
  static String sought(String itemType, String value) {
    return itemType.equals("ip_address")
        ? Cidr.parse(value).map(Cidr::masked).orElse(value)
        : value;
  }

  /** What stands for that in the database. */
  static String hashed(BlindIndex blind, String account, String sought) {
    return blind.value(account, COLUMN, sought);
  }

  /** All blocks that an address lies in, as {@link #sought} writes them. */
  static List<String> blocksOf(String address) {
    List<String> blocks = new ArrayList<>();
    // Past the last prefix of its family there is no block, and so an end.
    for (int prefix = 0; Cidr.parse(address + "/" + prefix).isPresent(); prefix++) {
      blocks.add(Cidr.parse(address + "/" + prefix).orElseThrow().masked());
    }
    return blocks;
  }
}
