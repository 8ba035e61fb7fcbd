package dev.portcullis.vault.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Ids;
import dev.portcullis.vault.TestDatabase;
import dev.portcullis.vault.crypto.Owner;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CardsTogetherTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Ids IDS = new Ids(InstantSource.system(), RANDOM);
  private static final Instant TIME = Instant.parse("2026-11-02T03:04:05.678Z");

  private final Owner owner = new Owner(IDS.next("acct"), false);

  private static StoredCard card(Owner owner, @Nullable String country, byte @Nullable [] details) {
    return new StoredCard(
        owner,
        IDS.next("pm"),
        TIME,
        "dek_1",
        bytes(44),
        details,
        new StoredCard.Face(
            IDS.next("f"), "visa", "42424242", "4242", 7, 2031, "credit", country, true),
        null,
        null);
  }

  private static StoredAnswer answer(Owner owner, String key) {
    return new StoredAnswer(owner, key, bytes(32), 200, "dek_1", bytes(900), TIME);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static List<Boolean> insert(CardsTogether.ToStore... all) throws SQLException {
    try (Connection connection = TestDatabase.shared().app().getConnection()) {
      return CardsTogether.insert(connection, List.of(all));
    }
  }

  private static List<Optional<StoredCard>> find(CardsTogether.Wanted... all) throws SQLException {
    try (Connection connection = TestDatabase.shared().app().getConnection()) {
      return CardsTogether.find(connection, List.of(all));
    }
  }

  private static CardsTogether.Wanted wanted(StoredCard card) {
    return new CardsTogether.Wanted(card.owner(), card.id());
  }

  @Test
  void eachComesBackAsItWasStoredAndToItsOwnerAlone() throws SQLException {
    StoredCard bare = card(owner, null, null);
    StoredCard full = card(owner, "DE", bytes(120)).usedFirst();
    Owner other = new Owner(IDS.next("acct"), true);
    StoredCard others = card(other, "US", bytes(3));
    assertThat(
            insert(
                new CardsTogether.ToStore(bare, null),
                new CardsTogether.ToStore(full, answer(owner, "s:1")),
                new CardsTogether.ToStore(others, answer(other, "s:1"))))
        .containsExactly(true, true, true);

    List<Optional<StoredCard>> found =
        find(
            wanted(others),
            new CardsTogether.Wanted(other, full.id()),
            new CardsTogether.Wanted(new Owner(owner.account(), true), full.id()),
            wanted(full),
            wanted(bare),
            wanted(full));

    assertThat(found.get(1)).isEmpty();
    assertThat(found.get(2)).isEmpty();
    assertThat(List.of(found.get(0), found.get(3), found.get(4), found.get(5)))
        .usingRecursiveComparison()
        .isEqualTo(
            List.of(Optional.of(others), Optional.of(full), Optional.of(bare), Optional.of(full)));
  }

  @Test
  void aCardIsStoredOnlyWithItsAnswer() throws SQLException {
    insert(new CardsTogether.ToStore(card(owner, null, null), answer(owner, "s:taken")));
    StoredCard late = card(owner, null, null);
    StoredCard first = card(owner, null, null);
    StoredCard second = card(owner, null, null);
    StoredCard free = card(owner, null, null);

    List<Boolean> stored =
        insert(
            new CardsTogether.ToStore(late, answer(owner, "s:taken")),
            new CardsTogether.ToStore(first, answer(owner, "s:twice")),
            new CardsTogether.ToStore(second, answer(owner, "s:twice")),
            new CardsTogether.ToStore(free, answer(owner, "s:free")));

    assertThat(stored.getFirst()).isFalse();
    assertThat(stored.get(1)).isNotEqualTo(stored.get(2));
    assertThat(stored.getLast()).isTrue();
    List<Optional<StoredCard>> found =
        find(wanted(late), wanted(first), wanted(second), wanted(free));
    assertThat(found.stream().map(Optional::isPresent).toList()).isEqualTo(stored);
  }

  /**
   * While few cards are stored, any index that begins with the account costs as little as another,
   * and the plan that reads all of the account's cards is kept when there are many.
   */
  @Test
  void onlyThePrimaryKeyBeginsWithTheAccount() throws SQLException {
    try (Connection connection = TestDatabase.shared().app().getConnection();
        PreparedStatement ask =
            connection.prepareStatement(
                "select string_agg(i.indexrelid::regclass::text, ',') from pg_index i"
                    + " join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]"
                    + " where i.indrelid = 'card'::regclass and a.attname = 'account'");
        ResultSet names = ask.executeQuery()) {
      assertThat(names.next()).isTrue();
      assertThat(names.getString(1)).isEqualTo("card_pkey");
    }
  }
}
