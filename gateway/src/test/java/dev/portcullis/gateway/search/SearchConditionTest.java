package dev.portcullis.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.journal.Table;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

class SearchConditionTest {

  private static final Searchable TYPE =
      new Searchable(
          "customer",
          "/v1/customers",
          Table.of("customers"),
          "",
          "(doc->'metadata')",
          Map.of(
              "email", SearchField.string("email"),
              "amount", SearchField.number("amount"),
              "customer", SearchField.id("customer")));

  private static SearchCondition condition(String query) {
    return SearchCondition.of(SearchParser.parse(query), TYPE, "acct_1", false);
  }

  /** Whatever the client writes is a parameter: the SQL is the same for all texts. */
  @Property
  void noTextOfTheClientIsSql(
      @ForAll @StringLength(min = 3, max = 20) String key,
      @ForAll @StringLength(min = 3, max = 20) String value) {
    SearchCondition condition =
        condition("metadata[" + quote(key) + "]:" + quote(value) + " AND email~" + quote(value));
    assertThat(condition.sql())
        .isEqualTo(
            "(coalesce(lower(((doc->'metadata') ->> ?)) = lower(?), false)"
                + " AND coalesce(position(lower(?) IN lower(email)) > 0, false))");
    assertThat(condition.parameters()).containsExactly(key, value, value);
    assertThat(condition.terms()).isEqualTo("(terms @> ?::bigint[])");
    assertThat(condition.termParameters())
        .allSatisfy(terms -> assertThat((String) terms).matches("\\{-?[0-9]+(,-?[0-9]+)*}"));
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
    assertThat(condition("customer:'c' AND amount>1").narrowing()).isEqualTo(" AND customer = ?");
    assertThat(condition("customer:'c' OR amount>1").narrowing()).isEmpty();
    assertThat(condition("-customer:'c'").narrowing()).isEmpty();
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
}
