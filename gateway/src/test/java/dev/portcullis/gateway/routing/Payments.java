package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/** Payments, provider accounts and rules, as they come. */
final class Payments {

  static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
  static final Facts.Terms PLAIN = new Facts.Terms(false, true, false);

  private static final List<String> NAMES = List.of("a", "b", "c", "d", "e");

  private Payments() {}

  /** A payment by a German Visa debit card. */
  static Facts of(String payment, Money amount) {
    return new Facts(
        payment,
        1,
        NOON,
        amount,
        new Facts.Card("visa", "400000", "debit", "DE", null),
        "DE",
        Map.of("tier", "gold"),
        PLAIN);
  }

  static Manifest manifest(String connector) {
    return Connectors.find(connector).orElseThrow().manifest();
  }

  /** Provider accounts at the sandbox, which takes everything. */
  static List<Candidate> at(String... names) {
    return List.of(names).stream()
        .map(name -> new Candidate(name, manifest("sandbox"), Candidate.State.OPEN))
        .toList();
  }

  static Arbitrary<Facts> facts() {
    Arbitrary<Money> amounts =
        Combinators.combine(
                Arbitraries.longs().between(0, Long.MAX_VALUE),
                Arbitraries.of("eur", "usd", "jpy", "kwd"))
            .as(Money::of);
    Arbitrary<@Nullable String> countries =
        Arbitraries.of("DE", "US", "JP", "BR", "XX").injectNull(0.2);
    Arbitrary<Facts.Card> cards =
        Combinators.combine(
                Arbitraries.of("visa", "amex", "unknown"),
                Arbitraries.of("400000", "555555").injectNull(0.2),
                Arbitraries.of("credit", "debit"),
                countries)
            .as(
                (brand, bin, funding, country) ->
                    new Facts.Card(brand, bin, funding, country, null));
    Arbitrary<Facts.Terms> terms =
        Combinators.combine(
                Arbitraries.of(true, false), Arbitraries.of(true, false), Arbitraries.of(false))
            .as(Facts.Terms::new);
    return Combinators.combine(
            Arbitraries.strings().alpha().ofLength(22),
            Arbitraries.integers().between(1, 3),
            Arbitraries.longs().between(0, 4_000_000_000L),
            amounts,
            cards,
            countries,
            Arbitraries.of(Map.<String, String>of(), Map.of("tier", "gold")),
            terms)
        .as(
            (id, attempt, at, amount, card, country, metadata, use) ->
                new Facts(
                    "pi_" + id,
                    attempt,
                    Instant.ofEpochSecond(at),
                    amount,
                    card,
                    country,
                    metadata,
                    use));
  }

  static Arbitrary<List<Candidate>> candidates() {
    Arbitrary<Candidate> candidate =
        Combinators.combine(
                Arbitraries.of(NAMES),
                Arbitraries.of(Connectors.all().stream().map(Connector::manifest).toList()),
                Arbitraries.frequency(
                    net.jqwik.api.Tuple.of(6, Candidate.State.OPEN),
                    net.jqwik.api.Tuple.of(1, Candidate.State.PAUSED),
                    net.jqwik.api.Tuple.of(1, Candidate.State.TRIED)))
            .as(Candidate::new);
    return candidate.list().ofMaxSize(5).uniqueElements(Candidate::provider);
  }

  static Arbitrary<Health> health() {
    return Arbitraries.of(NAMES).set().ofMaxSize(3).map(Health::new);
  }

  static Arbitrary<Rates> rates() {
    return Arbitraries.maps(
            Arbitraries.of(NAMES),
            Combinators.combine(
                    Arbitraries.longs().between(0, 1_000_000), Arbitraries.longs().between(0, 5000))
                .as(Rates.Outcomes::new))
        .ofMaxSize(5)
        .map(Rates::new);
  }

  static Arbitrary<Rules> rules() {
    Arbitrary<Condition> conditions =
        Arbitraries.of(
            new Condition.InCurrency(Set.of("eur")),
            new Condition.InRange("usd", 0, 5_000),
            new Condition.OfBrand(Set.of("visa")),
            new Condition.OfBin(Set.of("40")),
            new Condition.IssuedAround(Set.of(Region.EEA)),
            new Condition.HasMetadata("tier", Set.of("gold")),
            new Condition.OffSession(true));
    Arbitrary<Rules.Rule> rules =
        Combinators.combine(
                Arbitraries.strings().alpha().ofLength(6),
                conditions.list().ofMaxSize(2),
                targets(),
                Arbitraries.of(true, false))
            .as(Rules.Rule::new);
    return Combinators.combine(rules.list().ofMaxSize(5), targets(), costs()).as(Rules::new);
  }

  static Arbitrary<Costs> costs() {
    Arbitrary<Costs.Fee> fee =
        Combinators.combine(
                Arbitraries.integers().between(0, 10_000), Arbitraries.longs().between(0, 1000))
            .as((points, fixed) -> new Costs.Fee(Set.of(), Set.of(), points, fixed, "eur"));
    return Arbitraries.maps(Arbitraries.of(NAMES), fee.map(List::of)).ofMaxSize(5).map(Costs::new);
  }

  static Arbitrary<Target> targets() {
    Arbitrary<List<String>> names =
        Arbitraries.of(NAMES).list().uniqueElements().ofMinSize(1).ofMaxSize(4);
    return Arbitraries.oneOf(
        names.map(Target.Chain::new),
        names.map(
            some -> {
              Map<String, Integer> weights = new java.util.HashMap<>();
              some.forEach(name -> weights.put(name, 10 + name.charAt(0) - 'a'));
              return new Target.Split(some, weights);
            }),
        names.map(Target.LeastCost::new),
        names.map(some -> new Target.SuccessRate(some, 5, 50)));
  }
}
