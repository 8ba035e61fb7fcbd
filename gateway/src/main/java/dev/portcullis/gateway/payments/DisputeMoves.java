package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a bank has taken and given back of a dispute, move by move, as the provider told it. The
 * moves are a set in the provider's own order, and what they come to depends on nothing else: not
 * on when each of them came, nor on how often.
 *
 * @param all in the order of their numbers, each once
 */
public record DisputeMoves(List<Move> all) {

  /** Where no moves are told. */
  public static final DisputeMoves NONE = new DisputeMoves(List.of());

  /** Of one dispute. With more, something is wrong with whoever tells them. */
  static final int MOST = 100;

  /** Takes a copy. */
  public DisputeMoves {
    all = List.copyOf(all);
  }

  /**
   * One move.
   *
   * @param sequence the provider's number for its kind
   * @param given whether the bank gave it back
   * @param amount more than zero
   */
  public record Move(long sequence, boolean given, Money amount) {

    private static final Comparator<Move> ORDER =
        Comparator.comparingLong(Move::sequence)
            .thenComparing(Move::given)
            .thenComparing(move -> move.amount.currency().code())
            .thenComparingLong(move -> move.amount.minorUnits());

    private static Move of(DisputeNotice notice) {
      return new Move(notice.sequence(), notice.stage() == Stage.WON, notice.amount());
    }
  }

  /**
   * What they come to, in minor units.
   *
   * @param first what the bank took at first; where only that it gave something back was told, it
   *     had taken that much
   * @param most what it has had at most
   * @param kept what it has now
   */
  record Sum(long first, long most, long kept) {}

  boolean contains(DisputeNotice notice) {
    return all.contains(Move.of(notice));
  }

  DisputeMoves with(DisputeNotice notice) {
    return with(Move.of(notice));
  }

  /**
   * With one more.
   *
   * @throws IllegalStateException if there are too many
   */
  DisputeMoves with(Move move) {
    TreeSet<Move> set = new TreeSet<>(Move.ORDER);
    set.addAll(all);
    set.add(move);
    if (set.size() > MOST) {
      throw new IllegalStateException("a bank does not move the money of one dispute so often");
    }
    return new DisputeMoves(List.copyOf(set));
  }

  /**
   * A bank keeps what it has not given back, gives back no more than it has, and has no more in the
   * end than it claims, or had at most. What is told in another currency cannot be compared: then
   * it gives back all that it has, or takes again all that it had.
   */
  Sum sum(Currency currency) {
    long first = 0;
    long most = 0;
    long kept = 0;
    boolean presumed = true;
    for (Move move : all) {
      boolean same = move.amount.currency().equals(currency);
      long told = move.amount.minorUnits();
      if (!move.given) {
        long claimed = same ? told : most;
        kept += Math.min(claimed, Math.max(most, claimed) - kept);
        most = Math.max(most, kept);
        presumed = false;
      } else if (presumed) {
        most = Math.addExact(most, same ? told : 0);
      } else {
        kept -= same ? Math.min(told, kept) : kept;
      }
      first = presumed ? most : first == 0 ? kept : first;
    }
    return new Sum(first, most, kept);
  }

  /** The stored form. */
  List<Map<String, @Nullable Object>> docs() {
    return all.stream().map(DisputeMoves::doc).toList();
  }

  private static Map<String, @Nullable Object> doc(Move move) {
    return Map.of(
        "sequence",
        move.sequence,
        "given",
        move.given,
        "amount",
        move.amount.minorUnits(),
        "currency",
        move.amount.currency().code());
  }

  static DisputeMoves read(List<Map<String, @Nullable Object>> docs) {
    return new DisputeMoves(docs.stream().map(Doc::new).map(DisputeMoves::move).toList());
  }

  private static Move move(Doc doc) {
    return new Move(doc.number("sequence"), doc.truth("given"), doc.money("amount"));
  }
}
