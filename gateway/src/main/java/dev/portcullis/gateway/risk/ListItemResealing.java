package dev.portcullis.gateway.risk;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.sealing.BlindIndex;
import dev.portcullis.gateway.sealing.PersonalData;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.sealing.Resealing;
import dev.portcullis.gateway.sealing.Sealer;
import dev.portcullis.gateway.sealing.TableResealing;
import dev.portcullis.wire.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Items of value lists: first those that were written before there was sealing, then all. */
@Component
final class ListItemResealing implements Resealing {

  private static final String OLD =
      "SELECT account, livemode, id, version, value_list, value, network::text, doc::text"
          + " FROM radar_value_list_items WHERE NOT deleted AND jsonb_exists(doc, 'value')"
          + " ORDER BY account, id LIMIT ?";

  /** Two that were written as different texts may be the same block of addresses: one stays. */
  private static final String UPDATE =
      "UPDATE radar_value_list_items i SET version = i.version + d.gone::int, network = NULL,"
          + " value = CASE WHEN d.gone THEN NULL ELSE ? END, deleted = d.gone,"
          + " doc = CASE WHEN d.gone THEN ?::jsonb ELSE ?::jsonb END"
          + " FROM (SELECT EXISTS (SELECT FROM radar_value_list_items WHERE account = ?"
          + " AND livemode = ? AND value_list = ? AND value = ?) AS gone) d"
          + " WHERE i.account = ? AND i.id = ? AND i.version = ?";

  private record Old(
      String account,
      boolean livemode,
      String id,
      int version,
      String list,
      String value,
      @Nullable String network,
      String doc) {}

  private final Database database;
  private final BlindIndex blind;
  private final PersonalData personal;
  private final TableResealing sealed;

  ListItemResealing(Database database, BlindIndex blind, PersonalData personal, Sealer sealer) {
    this.database = database;
    this.blind = blind;
    this.personal = personal;
    this.sealed = TableResealing.of(database, ListItem.TABLE, sealer, personal);
  }

  @Override
  public String table() {
    return ListItem.TABLE.name();
  }

  @Override
  public Part next(String after, int limit) {
    List<Old> olds =
        database
            .across(AllAccounts.SEALING)
            .sql(OLD)
            .param(limit)
            .query(
                (row, _) ->
                    new Old(
                        row.getString(1),
                        row.getBoolean(2),
                        row.getString(3),
                        row.getInt(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7),
                        row.getString(8)))
            .list();
    if (olds.isEmpty()) {
      return sealed.next(after, limit);
    }
    int changed = 0;
    for (Old old : olds) {
      changed += seal(old);
    }
    return new Part(olds.size(), changed, after);
  }

  private int seal(Old old) {
    String itemType = old.network == null ? "string" : "ip_address";
    String hashed = ListItem.hashed(blind, old.account, ListItem.sought(itemType, old.value));
    Place place =
        Place.of(old.account, old.livemode, ListItem.TABLE, ListItem.TABLE.column("doc"), old.id);
    return database
        .of(old.account)
        .sql(UPDATE)
        .params(
            hashed,
            Json.writeString(ValueList.tombstone(ListItem.OBJECT, old.id)),
            personal.seal(place, ListItem.stored(Json.readObject(old.doc))),
            old.account,
            old.livemode,
            old.list,
            hashed,
            old.account,
            old.id,
            old.version)
        .update();
  }
}
