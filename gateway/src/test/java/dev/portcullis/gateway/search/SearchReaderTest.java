package dev.portcullis.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.sealing.Seals;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.gateway.testing.TestDatabase;
import dev.portcullis.wire.key.KeyKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Search among more rows than a request looks at. */
class SearchReaderTest {

  private static final int ROWS = 50_000;
  private static final Principal OWNER = new Principal("acct_1", false, "key_1", KeyKind.SECRET);
  private static final Searchable TYPE =
      new Searchable(
          "payment_intent",
          "/v1/payment_intents",
          Table.of("payment_intents"),
          "",
          "(doc->'details'->'metadata')",
          Map.of("amount", SearchField.number("(doc->>'amount')::bigint")));

  private static JdbcClient jdbc;
  private static Database rows;
  private static SearchReader reader;

  private static String terms(String key, String value) {
    return Seals.BLIND.terms(
        Objects.requireNonNull(
            SearchTerms.in("acct_1", false).metadata(Map.of(key, value)).column()));
  }

  /** Every 1,000th has a rare entry, and all of them a common one. */
  @BeforeAll
  static void fill() {
    TestDatabase database = TestDatabase.fresh();
    jdbc = JdbcClient.create(database.everything());
    rows = database.rows();
    reader = new SearchReader(rows, new ObjectReader(rows, Seals.PERSONAL, Seals.BLIND));
    jdbc.sql(
            "INSERT INTO payment_intents"
                + " (account, livemode, id, version, created, status, terms, doc)"
                + " SELECT 'acct_1', false, 'pi_' || lpad(i::text, 10, '0'), 1, now(), 'succeeded',"
                + " CASE WHEN i % 1000 = 0 THEN ?::bigint[] ELSE '{}'::bigint[] END"
                + " || ?::bigint[], jsonb_build_object('amount', i, 'details',"
                + " jsonb_build_object('metadata', CASE WHEN i % 1000 = 0"
                + " THEN '{\"rare\":\"yes\",\"all\":\"yes\"}'::jsonb"
                + " ELSE '{\"all\":\"yes\"}'::jsonb END))"
                + " FROM generate_series(1, ?) AS i")
        .params(terms("rare", "yes"), terms("all", "yes"), ROWS)
        .update();
    jdbc.sql("ANALYZE payment_intents").update();
  }

  private static SearchCondition condition(String query) {
    return SearchConditions.of(SearchParser.parse(query), TYPE, OWNER, Seals.BLIND);
  }

  /** All pages, and how many there were. */
  private static List<List<String>> pages(String query, int limit) {
    List<List<String>> pages = new ArrayList<>();
    @Nullable String after = null;
    do {
      SearchReader.Hits hits = reader.find(TYPE, OWNER, condition(query), limit, after);
      pages.add(hits.rows().stream().map(Stored::id).toList());
      after = hits.next();
    } while (after != null);
    return pages;
  }

  @Test
  void whatIsRareIsFoundByTheIndexAtOnce() {
    List<List<String>> pages = pages("metadata['rare']:'yes'", 100);
    assertThat(pages).hasSize(1);
    assertThat(pages.getFirst()).hasSize(ROWS / 1000).isSortedAccordingTo((a, b) -> b.compareTo(a));
    assertThat(pages("metadata['rare']:'yes' AND amount<2000", 100))
        .containsExactly(List.of("pi_0000001000"));
    assertThat(pages("metadata['rare']:'yes'", 20))
        .extracting(List::size)
        .containsExactly(20, 20, 10);
  }

  @Test
  void whatIsCommonIsFoundAmongTheNewest() {
    SearchReader.Hits hits = reader.find(TYPE, OWNER, condition("metadata['all']:'yes'"), 3, null);
    assertThat(hits.rows())
        .extracting(Stored::id)
        .containsExactly("pi_0000050000", "pi_0000049999", "pi_0000049998");
    assertThat(hits.next()).isEqualTo("pi_0000049998");
  }

  /** Too many for the index, too old for the newest: it goes by stretches, and misses nothing. */
  @Test
  void whatTheIndexHasTooMuchOfIsFoundByStretches() {
    List<List<String>> pages = pages("metadata['all']:'yes' AND amount<=3", 2);
    assertThat(pages.stream().flatMap(List::stream))
        .containsExactly("pi_0000000003", "pi_0000000002", "pi_0000000001");
    assertThat(reader.count(TYPE, OWNER, condition("metadata['all']:'yes'"))).isEqualTo(10_000);
  }

  @Test
  void whatNoIndexKnowsIsFoundByStretchesWithAnEnd() {
    List<List<String>> pages = pages("amount:7", 10);
    assertThat(pages).containsExactly(List.of(), List.of(), List.of("pi_0000000007"));
    assertThat(pages("amount>49998", 10))
        .first()
        .isEqualTo(List.of("pi_0000050000", "pi_0000049999"));
    assertThat(reader.count(TYPE, OWNER, condition("amount>49998"))).isEqualTo(2);
  }

  @Test
  void theIndexIsUsed() {
    String plan =
        String.join(
            "\n",
            rows.of("acct_1")
                .sql(
                    "EXPLAIN SELECT id FROM search.payment_intents WHERE account = 'acct_1'"
                        + " AND NOT livemode AND terms @> ?::bigint[] LIMIT 10001")
                .param(terms("rare", "yes"))
                .query(String.class)
                .list());
    assertThat(plan).contains("payment_intents_by_terms");
  }

  /** The policy is a filter beside the key, which still gives the rows in their order. */
  @Test
  void rowLevelSecurityLeavesAListItsIndex() {
    String plan =
        String.join(
            "\n",
            rows.of("acct_1")
                .sql(
                    "EXPLAIN SELECT id, doc FROM payment_intents WHERE account = 'acct_1'"
                        + " AND livemode = false AND created < now() AND id < 'pi_0000030000'"
                        + " ORDER BY id DESC LIMIT 21")
                .query(String.class)
                .list());
    assertThat(plan)
        .contains("Index Scan Backward using payment_intents_pkey", "Index Cond: ((account = ")
        .doesNotContain("Sort", "Seq Scan");
  }
}
