package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.http.Answer;
import dev.portcullis.vault.http.InternalArguments;
import dev.portcullis.vault.http.InternalException;
import dev.portcullis.vault.store.Sql;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Aliases of payment methods: digits in a card number's form, for systems that take nothing else. A
 * card has one if it was asked for, and always the same one; only its own account finds the card by
 * it, in that mode, and it is gone when the card is.
 *
 * <p>Errors: 400 {@code invalid_request}; 404 {@code no_such_token} and {@code no_such_alias}.
 */
public final class CardAliases {

  /** Of the shortest numbers there are 90 million aliases for the same last four digits. */
  private static final int MOST_DRAWS = 100;

  private static final String OF_CARD =
      "select alias from card_alias where account = ? and card = ? and livemode = ?";

  private static final String CARD_OF =
      "select card from card_alias where account = ? and livemode = ? and alias = ?";

  /** Within the statement a card neither goes nor is its account shredded unseen. */
  private static final String INSERT =
      "insert into card_alias (account, livemode, alias, card, created)"
          + " select c.account, c.livemode, ?, c.id, ? from card c"
          + " where c.account = ? and c.id = ? and c.livemode = ? and not exists (select from"
          + " shredded_account s where s.account = c.account and s.livemode = c.livemode)"
          + " for key share of c on conflict do nothing";

  private final Cards cards;
  private final CardStore store;
  private final DataSource database;
  private final AliasDigits digits;

  public CardAliases(Cards cards, CardStore store, DataSource database, SecureRandom random) {
    this.cards = cards;
    this.store = store;
    this.database = database;
    this.digits = new AliasDigits(random);
  }

  /** {@code POST /internal/v1/payment_methods/alias}: makes one, or says which one there is. */
  public Answer of(InternalArguments arguments) throws SQLException {
    Owner owner = owner(arguments);
    String id = arguments.name("id");
    arguments.refuseOthers();
    StoredCard card =
        store
            .findToUse(owner, id, cards.now())
            .filter(found -> found.id().startsWith("pm_"))
            .orElseThrow(
                () -> new InternalException(404, "no_such_token", "There is no such token."));
    return Answer.json(200, Map.of("id", id, "alias", alias(card)));
  }

  private String alias(StoredCard card) throws SQLException {
    @Nullable String known = known(card);
    return known != null ? known : make(card);
  }

  private @Nullable String known(StoredCard card) throws SQLException {
    Owner owner = card.owner();
    return first(OF_CARD, owner.account(), card.id(), owner.livemode()).orElse(null);
  }

  private String make(StoredCard card) throws SQLException {
    Owner owner = card.owner();
    int length;
    try (Pan pan = cards.open(card)) {
      length = pan.length();
    }
    for (int n = 0; n < MOST_DRAWS; n++) {
      String alias = digits.draw(length, card.face().last4());
      // Not inserted: another card has these digits, or somebody made this card's at the same time.
      @Nullable String known = insert(card, alias) ? alias : known(card);
      if (known != null) {
        return known;
      }
      if (store.find(owner, card.id()).isEmpty()) {
        throw new InternalException(404, "no_such_token", "There is no such token.");
      }
    }
    throw new InternalException(503, "unavailable", "No alias is free for that card.");
  }

  private boolean insert(StoredCard card, String alias) throws SQLException {
    Owner owner = card.owner();
    try (Connection connection = database.getConnection()) {
      return Sql.update(
              connection, INSERT, alias, cards.now(), owner.account(), card.id(), owner.livemode())
          == 1;
    }
  }

  private Optional<String> first(String sql, @Nullable Object... values) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return Sql.query(connection, sql, row -> row.getString(1), values).stream().findFirst();
    }
  }

  /** {@code POST /internal/v1/payment_methods/by_alias}: whose digits they are. */
  public Answer find(InternalArguments arguments) throws SQLException {
    Owner owner = owner(arguments);
    String alias = arguments.name("alias");
    arguments.refuseOthers();
    String id =
        first(CARD_OF, owner.account(), owner.livemode(), alias)
            .orElseThrow(
                () -> new InternalException(404, "no_such_alias", "There is no such alias."));
    return Answer.json(200, Map.of("id", id, "alias", alias));
  }

  private static Owner owner(InternalArguments arguments) {
    return new Owner(arguments.name("account"), arguments.bool("livemode"));
  }
}
