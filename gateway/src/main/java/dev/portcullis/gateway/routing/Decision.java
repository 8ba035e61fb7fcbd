package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.journal.Write;
import dev.portcullis.wire.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where one provider operation goes, and all that led there: from the same facts, health and rates
 * the same rules choose the same again.
 *
 * @param version of the rules, 0 where there are none
 * @param facts the payment
 * @param health how the provider accounts stood
 * @param rates what they had approved
 * @param plan what came of it
 */
public record Decision(int version, Facts facts, Health health, Rates rates, Plan plan) {

  /**
   * One row for each operation that was routed. Its id is the operation's, so that the key alone
   * serves who reads by time; the document is personal, the rest is what is counted by.
   */
  public static final Table TABLE =
      Table.withKeyAlone(
          "route_decisions",
          "fixed payment text",
          "fixed provider text",
          "fixed attempt integer",
          "fixed rules integer",
          "fixed brand text",
          "fixed region text",
          "fixed currency text",
          "fixed amount bigint",
          "fixed card text",
          "fixed personal doc jsonb");

  /** How the operation ended, once it did. A row of its own: no settlement depends on another. */
  public static final Table OUTCOMES =
      Table.of(
          "route_outcomes",
          "fixed outcome text",
          "fixed decline_code text",
          "fixed latency_ms integer",
          "fixed advised_against boolean",
          "fixed network_code text");

  /** Whether there is a provider account to go to. */
  public boolean leadsSomewhere() {
    return plan.first() != null;
  }

  /**
   * The provider account to go to.
   *
   * @throws IllegalStateException if there is none
   */
  public String provider() {
    String first = plan.first();
    if (first == null) {
      throw new IllegalStateException("the decision leads nowhere");
    }
    return first;
  }

  /**
   * The row of the decision, for the commit that stores the operation.
   *
   * @param operation the operation's id
   * @param now when the operation is stored
   */
  public Write write(String operation, Instant now) {
    return new Write.Insert(
        TABLE,
        Row.of(
            operation,
            1,
            now,
            facts.payment(),
            provider(),
            facts.attempt(),
            version,
            facts.card().brand(),
            facts.region().wire(),
            facts.amount().currency().code(),
            facts.amount().minorUnits(),
            facts.card().fingerprint(),
            Json.writeString(doc())));
  }

  /**
   * The row of the outcome, for the commit that ends the operation; empty where the result is no
   * end. The first one stays: it is not an error if there is one, nor if there is no decision.
   *
   * @param operation the operation's id
   * @param latency how long the provider took to answer what was sent, or null where the answer
   *     came another way
   * @param now when the operation ends
   */
  public static Optional<Write> outcome(
      String operation, ProviderResult result, @Nullable Duration latency, Instant now) {
    Integer millis = latency == null ? null : Math.clamp(latency.toMillis(), 0, Integer.MAX_VALUE);
    return switch (result) {
      case ProviderResult.Approved _ -> Optional.of(outcome(operation, now, "approved", millis));
      case ProviderResult.Declined declined ->
          Optional.of(declined(operation, now, declined, millis));
      case ProviderResult.Rejected _ -> Optional.of(outcome(operation, now, "rejected", millis));
      case ProviderResult.RequiresAction _,
          ProviderResult.Pending _,
          ProviderResult.Unknown _,
          ProviderResult.NotFound _ ->
          Optional.empty();
    };
  }

  private static Write outcome(
      String operation, Instant now, String outcome, @Nullable Integer millis) {
    return new Write.Ensure(OUTCOMES, Row.of(operation, 1, now, outcome, null, millis, null, null));
  }

  private static Write declined(
      String operation, Instant now, ProviderResult.Declined declined, @Nullable Integer millis) {
    NetworkAdvice advice = declined.details().advice();
    return new Write.Ensure(
        OUTCOMES,
        Row.of(
            operation,
            1,
            now,
            "declined",
            declined.code().wire(),
            millis,
            advice.isAgainstAnotherAttempt(),
            advice.declineCode()));
  }

  /** Rules stand in it by one word each, since there are up to {@value Rules#MOST_RULES}. */
  Map<String, @Nullable Object> doc() {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("facts", facts.doc());
    doc.put("down", List.copyOf(new TreeSet<>(health.down())));
    Map<String, @Nullable Object> seen = new LinkedHashMap<>();
    new TreeMap<>(rates.outcomes())
        .forEach((name, counts) -> seen.put(name, List.of(counts.approved(), counts.declined())));
    doc.put("rates", seen);
    doc.put("rules", plan.explanation().rules());
    List<Object> standings = new ArrayList<>();
    for (Plan.Standing standing : plan.explanation().providers()) {
      standings.add(List.of(standing.provider(), (long) standing.place(), standing.reason()));
    }
    doc.put("providers", standings);
    return doc;
  }

  /** What was stored. */
  static Decision read(int version, Map<String, @Nullable Object> doc) {
    Map<String, Rates.Outcomes> rates = new LinkedHashMap<>();
    if (doc.get("rates") instanceof Map<?, ?> seen) {
      seen.forEach((name, counts) -> rates.put((String) name, counts((List<?>) counts)));
    }
    List<Plan.Standing> standings = new ArrayList<>();
    List<String> places = new ArrayList<>();
    for (Object each : list(doc, "providers")) {
      List<?> standing = (List<?>) each;
      standings.add(
          new Plan.Standing(
              (String) standing.get(0),
              ((Number) standing.get(1)).intValue(),
              (String) standing.get(2)));
    }
    standings.stream()
        .filter(standing -> standing.place() > 0)
        .sorted(Comparator.comparingInt(Plan.Standing::place))
        .forEach(standing -> places.add(standing.provider()));
    return new Decision(
        version,
        Facts.read((Map<?, ?>) Objects.requireNonNull(doc.get("facts"))),
        new Health(new TreeSet<>(texts(doc, "down"))),
        new Rates(rates),
        new Plan(places, new Plan.Explanation(texts(doc, "rules"), standings)));
  }

  private static Rates.Outcomes counts(List<?> counts) {
    return new Rates.Outcomes(
        ((Number) counts.get(0)).longValue(), ((Number) counts.get(1)).longValue());
  }

  private static List<String> texts(Map<String, @Nullable Object> doc, String name) {
    return list(doc, name).stream().map(String.class::cast).toList();
  }

  private static List<?> list(Map<String, @Nullable Object> doc, String name) {
    return (List<?>) Objects.requireNonNull(doc.get(name));
  }
}
