package dev.portcullis.gateway.journal;

import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that one step changes, in one account and mode. It becomes durable as a whole or not
 * at all.
 *
 * @param account whose it is
 * @param livemode of all its rows
 * @param writes its rows; no row twice
 */
public record Change(String account, boolean livemode, List<Write> writes) {

  /** Takes a copy. */
  public Change {
    writes = List.copyOf(writes);
    for (Write write : writes) {
      if (write.row().values().size() != write.table().columns().size()) {
        throw new IllegalArgumentException(
            "a row of " + write.table().name() + " has the wrong number of values");
      }
    }
    if (writes.isEmpty()) {
      throw new IllegalArgumentException("a change changes something");
    }
    requireEachRowOnce(writes);
  }

  /** Which of two writes of a row took, nobody could tell by its id. */
  private static void requireEachRowOnce(List<Write> writes) {
    for (int i = 1; i < writes.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (isOfOneRow(writes.get(i), writes.get(j))) {
          throw new IllegalArgumentException(
              "a change writes a row of " + writes.get(i).table().name() + " twice");
        }
      }
    }
  }

  private static boolean isOfOneRow(Write one, Write other) {
    return one.row().id().equals(other.row().id()) && one.table().equals(other.table());
  }

  /** Starts a change. */
  public static Builder in(String account, boolean livemode) {
    return new Builder(account, livemode);
  }

  /** Collects the parts of a change. */
  public static final class Builder {
    private final String account;
    private final boolean livemode;
    private final List<Write> writes = new ArrayList<>();

    private Builder(String account, boolean livemode) {
      this.account = account;
      this.livemode = livemode;
    }

    /** A new row, at version 1. */
    public Builder insert(Table table, Row row) {
      writes.add(new Write.Insert(table, row));
      return this;
    }

    /** A new row unless there is one with that id. */
    public Builder ensure(Table table, Row row) {
      writes.add(new Write.Ensure(table, row));
      return this;
    }

    /** The next version of a row. */
    public Builder update(Table table, Row row) {
      writes.add(new Write.Update(table, row));
      return this;
    }

    /** A row's part that was made elsewhere. */
    public Builder write(Write write) {
      writes.add(write);
      return this;
    }

    /** Something that happened. */
    public Builder event(Event event) {
      return insert(Event.TABLE, event.row());
    }

    /**
     * A transaction of the ledger.
     *
     * @param id {@code txn_...}
     * @throws IllegalArgumentException if its lines do not sum to zero in each currency
     */
    public Builder ledger(String id, Instant now, List<LedgerLine> lines) {
      requireBalanced(lines);
      for (int i = 0; i < lines.size(); i++) {
        LedgerLine line = lines.get(i);
        insert(
            LedgerLine.TABLE,
            Row.of(
                id + "." + i,
                1,
                now,
                line.account().wire(),
                line.amount().currency().code(),
                line.amount().minorUnits(),
                line.source(),
                line.availableOn()));
      }
      return this;
    }

    /** Takes an idempotency key; its answer follows in a later change. */
    public Builder begin(IdempotencyUse use, Instant now) {
      return insert(IdempotencyUse.TABLE, use.row(livemode, 1, now, null, null));
    }

    /** Gives the answer of a key that an earlier change took. */
    public Builder finish(IdempotencyUse use, Instant now, int status, String body) {
      return update(IdempotencyUse.TABLE, use.row(livemode, 2, now, status, body));
    }

    /** Takes a key and gives its answer at once. */
    public Builder done(IdempotencyUse use, Instant now, int status, String body) {
      return insert(IdempotencyUse.TABLE, use.row(livemode, 1, now, status, body));
    }

    /** The change. */
    public Change build() {
      return new Change(account, livemode, writes);
    }

    private static void requireBalanced(List<LedgerLine> lines) {
      Map<String, Money> sums = new HashMap<>();
      for (LedgerLine line : lines) {
        sums.merge(line.amount().currency().code(), line.amount(), Money::plus);
      }
      if (!sums.values().stream().allMatch(Money::isZero)) {
        throw new IllegalArgumentException("the lines of a transaction sum to zero");
      }
    }
  }
}
