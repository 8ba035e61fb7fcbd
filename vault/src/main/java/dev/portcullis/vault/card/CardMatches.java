package dev.portcullis.vault.card;

import dev.portcullis.kit.Base62;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.store.Together;
import java.security.SecureRandom;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What is shown of a card as its fingerprint: 22 random characters that it was given when it came
 * first, and keeps. It says nothing about the number, to nobody and under no key, and so it can
 * stay the same when the key is another one.
 */
public final class CardMatches {

  /** How long a card is known of which nothing is stored. */
  public static final Duration FORGOTTEN_AFTER = Duration.ofDays(1);

  private static final int NAME_BYTES = 16;

  /** So many are looked at in one go, after the last one that was. */
  private static final int LOOKED_AT = 10_000;

  private static final String FORGET =
      "with part as (select account, livemode, key_version, mac from card_match"
          + " where (account, livemode, key_version, mac) > (?, ?, ?, ?)"
          + " order by account, livemode, key_version, mac limit "
          + LOOKED_AT
          + "), gone as (delete from card_match m using part p where m.account = p.account"
          + " and m.livemode = p.livemode and m.key_version = p.key_version and m.mac = p.mac"
          + " and m.seen < ? and not exists (select from card c where c.account = m.account"
          + " and c.livemode = m.livemode and c.fingerprint = m.shown) returning 1)"
          + " select account, livemode, key_version, mac, (select count(*) from gone)"
          + " from part order by account desc, livemode desc, key_version desc, mac desc limit 1";

  private record Place(String account, boolean livemode, int keyVersion, String mac) {}

  private static final Place BEGIN = new Place("", false, 0, "");

  /** Statements at a time; what comes meanwhile is in the next one. */
  private static final int AT_ONCE = 1;

  private static final String SHOWN_OF_CARDS = "select shown_of_cards(?, ?, ?, ?, ?)";

  /**
   * A card whose name is asked for.
   *
   * @param fresh its name if it has none
   */
  private record Unnamed(Owner owner, CardPrint print, String fresh) {}

  private final DataSource database;
  private final SecureRandom random;
  private final Together<Unnamed, String> names;
  private Place reached = BEGIN;

  public CardMatches(DataSource database, SecureRandom random) {
    this.database = database;
    this.random = random;
    this.names = new Together<>(database, AT_ONCE, CardMatches::names);
  }

  /**
   * Forgets cards of which nothing is stored and that did not come since that time, among the next
   * so many; a round that comes to the end begins anew. It looks at a bounded part whatever is
   * asked for.
   *
   * @return how many it forgot
   */
  public synchronized int forget(Instant time) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement forget = connection.prepareStatement(FORGET)) {
      forget.setString(1, reached.account());
      forget.setBoolean(2, reached.livemode());
      forget.setInt(3, reached.keyVersion());
      forget.setString(4, reached.mac());
      forget.setTimestamp(5, Timestamp.from(time));
      try (ResultSet row = forget.executeQuery()) {
        if (!row.next()) {
          reached = BEGIN;
          return 0;
        }
        reached = new Place(row.getString(1), row.getBoolean(2), row.getInt(3), row.getString(4));
        return row.getInt(5);
      }
    }
  }

  /** How many cards wait to be known. */
  public int waiting() {
    return names.waiting();
  }

  /** The card's own; it is durable when the next commit of anybody is. */
  String shown(Owner owner, CardPrint print) throws SQLException {
    byte[] fresh = new byte[NAME_BYTES];
    random.nextBytes(fresh);
    return names.ask(new Unnamed(owner, print, Base62.encode(fresh)));
  }

  /**
   * Most at once; the rest each on its own: what older keys know too, and what is nearly forgotten.
   */
  private static List<String> names(Connection connection, List<Unnamed> all) throws SQLException {
    List<Unnamed> plain = all.stream().filter(each -> each.print().macs().size() == 1).toList();
    Map<Unnamed, String> names = new HashMap<>();
    if (!plain.isEmpty()) {
      try (PreparedStatement call = connection.prepareStatement(SHOWN_OF_CARDS)) {
        call.setArray(1, array(connection, "text", plain, each -> each.owner().account()));
        call.setArray(2, array(connection, "boolean", plain, each -> each.owner().livemode()));
        call.setArray(
            3, array(connection, "integer", plain, each -> each.print().versions().getFirst()));
        call.setArray(4, array(connection, "text", plain, each -> each.print().newest()));
        call.setArray(5, array(connection, "text", plain, Unnamed::fresh));
        try (ResultSet row = call.executeQuery()) {
          row.next();
          @Nullable String[] shown = (@Nullable String[]) row.getArray(1).getArray();
          for (int at = 0; at < shown.length; at++) {
            String name = shown[at];
            if (name != null) {
              names.put(plain.get(at), name);
            }
          }
        }
      }
    }
    List<String> inOrder = new ArrayList<>();
    for (Unnamed each : all) {
      String name = names.get(each);
      inOrder.add(name == null ? name(connection, each) : name);
    }
    return inOrder;
  }

  private static Array array(
      Connection connection, String type, List<Unnamed> all, Function<Unnamed, Object> value)
      throws SQLException {
    return connection.createArrayOf(type, all.stream().map(value).toArray());
  }

  private static String name(Connection connection, Unnamed card) throws SQLException {
    try (PreparedStatement call =
        connection.prepareStatement("select shown_of_card(?, ?, ?, ?, ?)")) {
      call.setString(1, card.owner().account());
      call.setBoolean(2, card.owner().livemode());
      call.setArray(3, connection.createArrayOf("integer", card.print().versions().toArray()));
      call.setArray(4, connection.createArrayOf("text", card.print().macs().toArray()));
      call.setString(5, card.fresh());
      try (ResultSet row = call.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
