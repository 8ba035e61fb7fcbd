package dev.portcullis.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.gateway.search.SearchQuery.Clause;
import dev.portcullis.gateway.search.SearchQuery.Operator;
import dev.portcullis.gateway.search.SearchQuery.Target;
import dev.portcullis.gateway.search.SearchQuery.Value;
import dev.portcullis.wire.error.ApiException;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;

class SearchParserTest {

  private static Clause clause(String name, Operator operator, Value value) {
    return new Clause(false, new Target.Named(name), operator, value);
  }

  @Example
  void theDocumentedForms() {
    Clause paid = clause("status", Operator.IS, new Value.Text("succeeded"));
    Clause large = clause("amount", Operator.GREATER, new Value.Whole(1000));
    SearchQuery both = new SearchQuery(false, List.of(paid, large));
    assertThat(SearchParser.parse("status:'succeeded' AND amount>1000")).isEqualTo(both);
    assertThat(SearchParser.parse("status:\"succeeded\" and amount>1000 ")).isEqualTo(both);
    assertThat(SearchParser.parse("  status:\"succeeded\"  amount>1000")).isEqualTo(both);
    assertThat(SearchParser.parse("status:'succeeded' OR amount>1000"))
        .isEqualTo(new SearchQuery(true, List.of(paid, large)));
    assertThat(SearchParser.parse("-metadata['a \"key\"']:null"))
        .isEqualTo(
            new SearchQuery(
                false,
                List.of(
                    new Clause(
                        true, new Target.Metadata("a \"key\""), Operator.IS, new Value.Null()))));
    assertThat(SearchParser.parse("description:\"the \\\"story\\\" AND more\"").clauses())
        .containsExactly(
            clause("description", Operator.IS, new Value.Text("the \"story\" AND more")));
    assertThat(SearchParser.parse("created>=1 and created<=2 and created<3 and email~'amy'"))
        .extracting(SearchQuery::clauses)
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.list(Clause.class))
        .extracting(Clause::operator)
        .containsExactly(Operator.AT_LEAST, Operator.AT_MOST, Operator.LESS, Operator.CONTAINS);
  }

  @Example
  void whatCannotBeReadIsRefusedByItsPlace() {
    refused("", "character 1");
    refused("   ", "character 4");
    refused("status", "character 7");
    refused("status:", "character 8");
    refused("status:succeeded", "character 8");
    refused("status:'succeeded", "not closed");
    refused("status:'succeeded\\", "not closed");
    refused("status:''", "empty");
    refused("metadata:'a'", "metadata[");
    refused("metadata['a':'b'", "]");
    refused("a:'b' AND c:'d' OR e:'f'", "mixed");
    refused("a:'b' OR c:'d' e:'f'", "mixed");
    refused("a:'b'c:'d'", "a space");
    refused("a:'b' AND", "character");
    refused("a:'b' OR ", "character");
    refused("(a:'b')", "character 1");
    refused("--a:'b'", "character 2");
    refused("a:1234567890123456789", "character 3");
    refused("a:'b'\tc:'d'", "a space");
    refused("a:'b' ".repeat(11), "10 clauses");
    refused("a".repeat(2_001), "2000 characters");
  }

  private static void refused(String query, String why) {
    assertThatThrownBy(() -> SearchParser.parse(query))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> {
              assertThat(e.error().param()).isEqualTo("query");
              assertThat(e.error().status()).isEqualTo(400);
              assertThat(e.error().message()).contains(why);
            });
  }

  /** Whatever is sent is read or refused; nothing else comes out. */
  @Property(tries = 2_000)
  void noTextBreaksIt(@ForAll("nearlyQueries") String text) {
    try {
      assertThat(SearchParser.parse(text).clauses()).hasSizeBetween(1, SearchParser.MAX_CLAUSES);
    } catch (ApiException e) {
      assertThat(e.error().param()).isEqualTo("query");
    }
  }

  @Property(tries = 500)
  void anyTextAtAllDoesNotBreakIt(@ForAll @StringLength(max = 100) String text) {
    noTextBreaksIt(text);
  }

  @Provide
  Arbitrary<String> nearlyQueries() {
    return Arbitraries.of(
            "a",
            "metadata",
            "[",
            "]",
            "'",
            "\"",
            "\\",
            ":",
            "~",
            ">",
            "<",
            "=",
            "-",
            " ",
            "AND",
            "OR",
            "null",
            "1",
            "(",
            "é",
            "\0")
        .list()
        .ofMaxSize(40)
        .map(parts -> String.join("", parts));
  }

  /** What is written from a query reads as that query. */
  @Property(tries = 1_000)
  void whatIsWrittenIsRead(@ForAll("queries") SearchQuery query) {
    String link = query.any() ? " OR " : " AND ";
    String text =
        query.clauses().stream().map(SearchParserTest::write).collect(Collectors.joining(link));
    if (text.length() <= SearchParser.MAX_LENGTH) {
      assertThat(SearchParser.parse(text)).isEqualTo(query);
    }
  }

  private static String write(Clause clause) {
    String target =
        switch (clause.target()) {
          case Target.Named(String name) -> name;
          case Target.Metadata(String key) -> "metadata[" + quote(key) + "]";
        };
    String value =
        switch (clause.value()) {
          case Value.Text(String text) -> quote(text);
          case Value.Whole(long number) -> Long.toString(number);
          case Value.Null() -> "NULL";
        };
    return (clause.negated() ? "-" : "") + target + clause.operator().sign() + value;
  }

  private static String quote(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  @Provide
  Arbitrary<SearchQuery> queries() {
    Arbitrary<String> texts = Arbitraries.strings().ofMinLength(1).ofMaxLength(30);
    Arbitrary<Target> targets =
        Arbitraries.oneOf(
            Arbitraries.of("amount", "status", "a.b_c.d1").map(Target.Named::new),
            texts.map(Target.Metadata::new));
    Arbitrary<Value> values =
        Arbitraries.oneOf(
            texts.map(Value.Text::new),
            Arbitraries.longs().between(0, 999_999_999_999_999_999L).map(Value.Whole::new),
            Arbitraries.just(new Value.Null()));
    Arbitrary<Clause> clauses =
        Combinators.combine(
                Arbitraries.of(true, false), targets, Arbitraries.of(Operator.class), values)
            .as(Clause::new);
    return Combinators.combine(
            Arbitraries.of(true, false),
            clauses.list().ofMinSize(1).ofMaxSize(SearchParser.MAX_CLAUSES))
        .as((any, list) -> new SearchQuery(any && list.size() > 1, list));
  }
}
