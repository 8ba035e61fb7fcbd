package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.DisputeNotice.Telling;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a bank has taken and given back of a dispute, event by event, as the provider told it. The
 * events are a set in the provider's own order, and what they come to depends on nothing else: not
 * on when each of them came, nor on how often.
 *
 * @param since the number of the first event that can be news; 0 where all of them were kept
 * @param all in the order of their numbers, each once
 */
public record DisputeMoves(long since, List<Move> all) {

  /** Where none are told. */
  public static final DisputeMoves NONE = new DisputeMoves(0, List.of());

  /** Of one dispute. With more, something is wrong with whoever tells them. */
  static final int MOST = 100;

  /** Takes a copy. */
  public DisputeMoves {
    all = List.copyOf(all);
  }

  /**
   * One of them.
   *
   * @param sequence the provider's number for its kind
   * @param given whether the bank gave it back
   * @param amount more than zero
   * @param state whether the amount is all that the bank has since, or has given back since it had
   *     the most, and not what it moved
   */
  public record Move(long sequence, boolean given, Money amount, boolean state) {

    private static final Comparator<Move> ORDER =
        Comparator.comparingLong(Move::sequence)
            .thenComparing(Move::given)
            .thenComparing(move -> move.amount.currency().code())
            .thenComparingLong(move -> move.amount.minorUnits())
            .thenComparing(Move::state);

    private static Move of(DisputeNotice notice) {
      return new Move(
          notice.sequence(),
          notice.stage() == Stage.WON,
          notice.amount(),
          notice.telling() == Telling.STATE);
    }
  }

  /**
   * What a dispute that was booked before moves were kept stands for: all up to its last change is
   * old news. That may have been a part of what was given back, of which another part may come.
   *
   * @param bookings what was booked, one or more, in order
   * @param last the number of the last change
   */
  static DisputeMoves booked(List<BalanceTransaction> bookings, long last) {
    Money end = bookings.getLast().amount();
    List<BalanceTransaction> before =
        end.isPositive() ? bookings.subList(0, bookings.size() - 1) : bookings;
    long most = 0;
    long held = 0;
    for (BalanceTransaction booking : before) {
      held -= booking.amount().minorUnits();
      most = Math.max(most, held);
    }
    DisputeMoves moves =
        NONE.booked(0, false, new Money(most, end.currency()))
            .booked(0, true, new Money(most - held, end.currency()));
    if (!end.isPositive()) {
      return new DisputeMoves(last + 1, moves.all);
    }
    boolean isPart = end.minorUnits() < held;
    return new DisputeMoves(isPart ? last : last + 1, moves.booked(last, true, end).all);
  }

  private DisputeMoves booked(long sequence, boolean given, Money amount) {
    return amount.isPositive() ? with(new Move(sequence, given, amount, false)) : this;
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
    return notice.sequence() < since || all.contains(Move.of(notice));
  }

  DisputeMoves with(DisputeNotice notice) {
    return with(Move.of(notice));
  }

  /**
   * With one more.
   *
   * @throws IllegalStateException if there are too many
   */
  private DisputeMoves with(Move move) {
    TreeSet<Move> set = new TreeSet<>(Move.ORDER);
    set.addAll(all);
    set.add(move);
    if (set.size() > MOST) {
      throw new IllegalStateException("a bank does not move the money of one dispute so often");
    }
    return new DisputeMoves(since, List.copyOf(set));
  }

  /**
   * A bank keeps what it has not given back, gives back no more than it has, and has no more in the
   * end than it claims, or had at most. What it claims again before it has given anything back it
   * has already: what is told of a lost pre-arbitration is the second chargeback before it. What is
   * told in another currency cannot be compared: then it gives back all that it has, or takes again
   * all that it had.
   */
  Sum sum(Currency currency) {
    long first = 0;
    long most = 0;
    long kept = 0;
    long before = 0; // what it had when it began to take, or to give back
    long run = 0; // what it has taken since, or given back
    boolean giving = true;
    boolean presumed = true;
    for (Move move : all) {
      long told = move.amount.currency().equals(currency) ? move.amount.minorUnits() : most;
      if (move.state || move.given != giving) {
        before = !move.state ? kept : move.given ? most : 0;
        run = 0;
      }
      giving = move.given;
      run = giving ? Math.addExact(run, told) : Math.max(run, told);
      if (!giving) {
        kept = before + Math.min(run, Math.max(most, told) - before);
        most = Math.max(most, kept);
        presumed = false;
      } else if (presumed) {
        most = run;
      } else {
        kept = before - Math.min(run, before);
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
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("sequence", move.sequence);
    doc.put("given", move.given);
    doc.put("amount", move.amount.minorUnits());
    doc.put("currency", move.amount.currency().code());
    if (move.state) {
      doc.put("state", true);
    }
    return doc;
  }

  static DisputeMoves read(long since, List<Map<String, @Nullable Object>> docs) {
    return new DisputeMoves(since, docs.stream().map(Doc::new).map(DisputeMoves::move).toList());
  }

  private static Move move(Doc doc) {
    return new Move(
        doc.number("sequence"), doc.truth("given"), doc.money("amount"), doc.truth("state"));
  }
}
