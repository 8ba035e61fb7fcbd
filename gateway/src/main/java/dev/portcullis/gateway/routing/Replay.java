package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.routing.DecisionStore.End;
import dev.portcullis.gateway.routing.DecisionStore.Made;
import dev.portcullis.gateway.routing.DecisionStore.Seen;
import dev.portcullis.gateway.routing.DecisionStore.Segment;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What other rules would have done with payments that were made. Each payment is routed by the same
 * function, draws, health and rates as when it was made, to the provider accounts of now; so it
 * goes where the same payment will go once the rules are active.
 *
 * <p>What would have become of a payment that goes elsewhere nobody knows. It is estimated from
 * what that provider account made of cards of the same brand and region in the same time, as if
 * they were alike; where there are fewer than {@value #LEAST_SAMPLE}, nothing is.
 */
final class Replay {

  /** Fewer payments say nothing of a rate. */
  static final int LEAST_SAMPLE = 30;

  /** Bounds the memory; what comes beyond is counted and not taken apart. */
  static final int MOST_MOVES = 2_000;

  /** Of the normal distribution, for an interval of 95 %. */
  private static final double Z = 1.96;

  private final @Nullable Rules rules;
  private final List<Candidate> candidates;
  private final Map<Segment, Seen> seen;
  private final Map<Move, Tally> moves = new TreeMap<>();
  private final Map<String, Cost> costs = new TreeMap<>();
  private long looked;
  private long same;
  private long nowhere;
  private long beyond;

  /** Payments of one brand and region that go from one provider account to another. */
  record Move(String brand, Region region, String from, String to) implements Comparable<Move> {
    @Override
    public int compareTo(Move other) {
      return Comparator.comparing(Move::from)
          .thenComparing(Move::to)
          .thenComparing(Move::brand)
          .thenComparing(Move::region)
          .compare(this, other);
    }
  }

  /** What was counted of a move. */
  static final class Tally {
    private long payments;
    private long ended;
    private long approved;
    private long latencySum;
    private long timed;
  }

  /** What approved payments that moved have cost, and would, in ten-thousandths of minor units. */
  static final class Cost {
    private BigInteger was = BigInteger.ZERO;
    private BigInteger would = BigInteger.ZERO;
    private long payments;
    private long unknown;
  }

  /**
   * Approvals that are to be expected.
   *
   * @param mean so many
   * @param variance of that number
   * @param sample what it is judged by
   */
  record Expected(double mean, double variance, long sample) {
    double low() {
      return Math.max(0, mean - Z * Math.sqrt(variance));
    }

    double high(long most) {
      return Math.min((double) most, mean + Z * Math.sqrt(variance));
    }
  }

  /**
   * @param rules those that are tried, or null for none
   * @param candidates the provider accounts of now
   * @param seen what was made of the same time's payments
   */
  Replay(@Nullable Rules rules, List<Candidate> candidates, Map<Segment, Seen> seen) {
    this.rules = rules;
    this.candidates = List.copyOf(candidates);
    this.seen = Map.copyOf(seen);
  }

  /** Where that payment would go. */
  Plan plan(Decision decision) {
    return Router.plan(rules, candidates, decision.facts(), decision.health(), decision.rates());
  }

  void add(Made made) {
    looked++;
    String to = plan(made.decision()).first();
    if (to == null) {
      nowhere++;
      return;
    }
    if (to.equals(made.provider())) {
      same++;
      return;
    }
    Facts facts = made.decision().facts();
    Move move = new Move(facts.card().brand(), facts.region(), made.provider(), to);
    if (moves.size() >= MOST_MOVES && !moves.containsKey(move)) {
      beyond++;
      return;
    }
    count(moves.computeIfAbsent(move, _ -> new Tally()), made.end());
    if (rules != null && made.end() != null && made.end().isApproved()) {
      cost(rules.costs(), facts, move);
    }
  }

  private static void count(Tally tally, @Nullable End end) {
    tally.payments++;
    if (end != null) {
      tally.ended++;
      tally.approved += end.isApproved() ? 1 : 0;
      Integer latency = end.latencyMs();
      if (latency != null) {
        tally.latencySum += latency;
        tally.timed++;
      }
    }
  }

  private void cost(Costs model, Facts facts, Move move) {
    Cost cost = costs.computeIfAbsent(facts.amount().currency().code(), _ -> new Cost());
    Optional<BigInteger> was = model.of(move.from, facts);
    Optional<BigInteger> would = model.of(move.to, facts);
    if (was.isPresent() && would.isPresent()) {
      cost.was = cost.was.add(was.get());
      cost.would = cost.would.add(would.get());
      cost.payments++;
    } else {
      cost.unknown++;
    }
  }

  /**
   * How many of so many payments a segment approves: the beta-binomial prediction from Jeffreys'
   * prior, whose variance counts both that the rate is not known exactly and that each payment
   * falls as it may. Empty where there is too little to go by.
   */
  static Optional<Expected> expected(@Nullable Seen seen, long payments) {
    if (seen == null || seen.all() < LEAST_SAMPLE) {
      return Optional.empty();
    }
    double a = seen.approved() + 0.5;
    double b = seen.all() - seen.approved() + 0.5;
    double mean = payments * a / (a + b);
    double variance = payments * a * b * (a + b + payments) / ((a + b) * (a + b) * (a + b + 1));
    return Optional.of(new Expected(mean, variance, seen.all()));
  }

  /**
   * What came of it.
   *
   * @param looked so many payments
   * @param same so many go where they went
   * @param nowhere so many would find no provider account
   * @param beyond so many more move, and are not taken apart
   */
  record Report(
      long looked,
      long same,
      long nowhere,
      long beyond,
      List<Row> rows,
      Total total,
      List<Money> costs) {}

  /** One move; without {@code expected}, there is no data to judge it by. */
  record Row(
      Move move,
      long payments,
      long ended,
      long approved,
      @Nullable Expected expected,
      @Nullable Long latencyMs,
      @Nullable Long expectedLatencyMs) {}

  /**
   * All moves that can be judged.
   *
   * @param ended so many payments
   * @param approved so many of them were
   * @param unjudged so many more payments moved
   */
  record Total(long ended, long approved, Expected expected, long unjudged) {}

  /** In one currency; exact, in ten-thousandths of minor units. */
  record Money(String currency, long payments, BigInteger was, BigInteger would, long unknown) {}

  Report report() {
    List<Row> rows = moves.entrySet().stream().map(e -> row(e.getKey(), e.getValue())).toList();
    List<Money> money =
        costs.entrySet().stream()
            .map(
                each -> {
                  Cost cost = each.getValue();
                  return new Money(
                      each.getKey(), cost.payments, cost.was, cost.would, cost.unknown);
                })
            .toList();
    return new Report(looked, same, nowhere, beyond, rows, total(rows), money);
  }

  private Row row(Move move, Tally tally) {
    Seen there = seen.get(new Segment(move.to, move.brand, move.region));
    return new Row(
        move,
        tally.payments,
        tally.ended,
        tally.approved,
        expected(there, tally.ended).orElse(null),
        tally.timed == 0 ? null : tally.latencySum / tally.timed,
        there == null || there.all() < LEAST_SAMPLE ? null : there.latencyMs());
  }

  /** Moves to one segment share its rate, and so its error: they are judged together. */
  private Total total(List<Row> rows) {
    Map<Segment, Long> to = new HashMap<>();
    long approved = 0;
    long ended = 0;
    long unjudged = beyond;
    for (Row row : rows) {
      if (row.expected == null) {
        unjudged += row.payments;
      } else {
        to.merge(new Segment(row.move.to, row.move.brand, row.move.region), row.ended, Long::sum);
        approved += row.approved;
        ended += row.ended;
        unjudged += row.payments - row.ended;
      }
    }
    double mean = 0;
    double variance = 0;
    long sample = 0;
    for (Map.Entry<Segment, Long> each : to.entrySet()) {
      Optional<Expected> expected = expected(seen.get(each.getKey()), each.getValue());
      if (expected.isPresent()) {
        mean += expected.get().mean();
        variance += expected.get().variance();
        sample += expected.get().sample();
      }
    }
    return new Total(ended, approved, new Expected(mean, variance, sample), unjudged);
  }
}
