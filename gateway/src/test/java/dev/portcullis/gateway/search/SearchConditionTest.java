package dev.portcullis.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.sealing.Seals;
import dev.portcullis.wire.key.KeyKind;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

class SearchConditionTest {

  private static final String TERMS = "\\{-?[0-9]+(,-?[0-9]+)*}";

  private static final Searchable TYPE =
      new Searchable(
          "customer",
          "/v1/customers",
          Table.of("customers"),
          "",
          "(doc->'metadata')",
          Map.of(
              "email", SearchField.personalText("email"),
              "amount", SearchField.number("amount"),
              "customer", SearchField.id("customer")));

  private static final Principal OWNER = new Principal("acct_1", false, "key_1", KeyKind.SECRET);

  private static SearchCondition condition(String query) {
    return SearchConditions.of(SearchParser.parse(query), TYPE, OWNER, Seals.BLIND);
  }

  /** Whatever the client writes is a parameter: the SQL is the same for all texts. */
  @Property
  void noTextOfTheClientIsSql(
      @ForAll @StringLength(min = 3, max = 20) String key,
      @ForAll @StringLength(min = 3, max = 20) String value) {
    SearchCondition condition =
        condition("metadata[" + quote(key) + "]:" + quote(value) + " AND email~" + quote(value));
    assertThat(condition.candidates().text())
        .isEqualTo(
            "(coalesce(lower(((doc->'metadata') ->> ?)) = lower(?), false)"
                + " AND coalesce(terms @> ?::bigint[], false))");
    assertThat(condition.candidates().parameters()).startsWith(key, value).hasSize(3);
    assertThat(condition.candidates().parameters().getLast().toString()).matches(TERMS);
    assertThat(condition.recheck().parts())
        .containsExactly(new SearchCondition.Part(List.of("email"), value, false));
    assertThat(condition.terms().text()).isEqualTo("(terms @> ?::bigint[])");
    assertThat(condition.terms().parameters())
        .allSatisfy(terms -> assertThat((String) terms).matches(TERMS));
  }

  private static String quote(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  @Example
  void theIndexIsUsedWhereEveryHitIsInIt() {
    assertThat(condition("email:'a' AND amount>1").hasTerms()).isTrue();
    assertThat(condition("email:'a' OR amount>1").hasTerms()).isFalse();
    assertThat(condition("email:'a' OR email:'b'").hasTerms()).isTrue();
    assertThat(condition("-email:'a'").hasTerms()).isFalse();
    assertThat(condition("email:null").hasTerms()).isFalse();
    assertThat(condition("-metadata['a']:null").hasTerms()).isTrue();
    assertThat(condition("metadata['a']:null").hasTerms()).isFalse();
    assertThat(condition("-metadata['a']:'b'").hasTerms()).isFalse();
    assertThat(condition("customer:'c' AND amount>1").narrowing().text())
        .isEqualTo(" AND customer = ?");
    assertThat(condition("customer:'c' OR amount>1").narrowing().text()).isEmpty();
    assertThat(condition("-customer:'c'").narrowing().text()).isEmpty();
  }

  @Example
  void onlyTheSameAccountAndModeHaveTheSameTerms() {
    String one = SearchTerms.in("acct_1", false).value("email", "A@b").column();
    assertThat(SearchTerms.in("acct_1", false).value("email", "a@B").column()).isEqualTo(one);
    assertThat(SearchTerms.in("acct_2", false).value("email", "a@b").column()).isNotEqualTo(one);
    assertThat(SearchTerms.in("acct_1", true).value("email", "a@b").column()).isNotEqualTo(one);
    assertThat(SearchTerms.in("acct_1", false).value("phone", "a@b").column()).isNotEqualTo(one);
    assertThat(SearchTerms.in("acct_1", false).value("email", null).column()).isNull();
  }

  /** What SQL cannot see is asked of the opened document, with OR only where nothing else holds. */
  @Example
  void aPartOfASealedTextIsRechecked() {
    SearchCondition both = condition("email~'anna' AND -email~'bert'");
    assertThat(both.recheck().isMetBy(Map.of("email", "xANNAx"))).isTrue();
    assertThat(both.recheck().isMetBy(Map.of("email", "anna bert"))).isFalse();
    assertThat(both.recheck().isMetBy(Map.of())).isFalse();
    assertThat(condition("-email~'bert'").recheck().isMetBy(Map.of())).isTrue();
    SearchCondition either = condition("email~'anna' OR amount>1");
    assertThat(either.recheck().certain().text()).isEqualTo("(coalesce(amount > ?, false))");
    assertThat(either.recheck().certain().parameters()).containsExactly(1L);
    assertThat(either.recheck().isMetBy(Map.of("email", "bert"))).isFalse();
    assertThat(condition("email:'anna' AND amount>1").recheck().isNeeded()).isFalse();
  }
}
