package dev.portcullis.vault.card;

import dev.portcullis.kit.Base62;
import dev.portcullis.vault.crypto.Owner;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * What is shown of a card as its fingerprint: 22 random characters that it was given when it came
 * first, and keeps. It says nothing about the number, to nobody and under no key, and so it can
 * stay the same when the key is another one.
 */
public final class CardMatches {

  private static final int NAME_BYTES = 16;

  private final DataSource database;
  private final SecureRandom random;

  public CardMatches(DataSource database, SecureRandom random) {
    this.database = database;
    this.random = random;
  }

  /** The card's own; it is durable when the next commit of anybody is. */
  String shown(Owner owner, CardPrint print) throws SQLException {
    byte[] fresh = new byte[NAME_BYTES];
    random.nextBytes(fresh);
    try (Connection connection = database.getConnection();
        PreparedStatement call =
            connection.prepareStatement("select shown_of_card(?, ?, ?, ?, ?)")) {
      call.setString(1, owner.account());
      call.setBoolean(2, owner.livemode());
      call.setArray(3, connection.createArrayOf("integer", print.versions().toArray()));
      call.setArray(4, connection.createArrayOf("text", print.macs().toArray()));
      call.setString(5, Base62.encode(fresh));
      try (ResultSet row = call.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
