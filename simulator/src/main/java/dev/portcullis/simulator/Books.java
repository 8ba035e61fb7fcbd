package dev.portcullis.simulator;

import dev.portcullis.kit.Base62;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A provider's ledger with one lock around it, which makes each request one step: it is decided and
 * written, or it found the same reference done already, and two requests of one key never both
 * charge.
 */
final class Books implements AutoCloseable {

  /** How many operations a page of the books holds. */
  private static final int PAGE = 50;

  /** Sees each change while it is being made. */
  @FunctionalInterface
  interface Listener {
    /**
     * Takes note.
     *
     * @param before how it was, or null if it is new
     * @param after how it is now
     */
    void changed(@Nullable Operation before, Operation after);
  }

  private record Due(long millis, int number) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Ledger ledger;
  private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::millis));
  private @Nullable Listener listener;

  /**
   * Opens the books.
   *
   * @param each sees what the ledger holds, in order
   * @throws IOException if the ledger cannot be used
   */
  Books(Path directory, InstantSource clock, Consumer<Operation> each) throws IOException {
    this.clock = clock;
    this.ledger =
        Ledger.open(
            directory,
            operation -> {
              awaitSettlement(operation);
              each.accept(operation);
            });
  }

  void listen(Listener next) {
    listener = next;
  }

  InstantSource clock() {
    return clock;
  }

  /** One step of the books: whatever is due has come true before it. */
  <T> T step(Supplier<T> step) {
    lock.lock();
    try {
      settle();
      return step.get();
    } finally {
      lock.unlock();
    }
  }

  /** Runs the step unless its reference is there already, with the same request. */
  Operation once(String reference, String fingerprint, Supplier<Operation> step) {
    return step(
        () -> {
          Operation earlier = ledger.byReference(reference);
          if (earlier == null) {
            return step.get();
          }
          if (!earlier.identity().fingerprint().equals(fingerprint)) {
            throw new Refused(
                409, "idempotency_mismatch", "This key came before with another request.", null);
          }
          return earlier;
        });
  }

  /** Writes them as they stand now, as one; a new one has the number {@link #size()}. */
  void write(Operation... operations) {
    List<@Nullable Operation> before = new ArrayList<>();
    if (listener != null) {
      for (Operation each : operations) {
        int number = each.identity().number();
        before.add(number < ledger.size() ? ledger.at(number) : null);
      }
    }
    ledger.write(operations);
    for (int i = 0; i < operations.length; i++) {
      awaitSettlement(operations[i]);
      if (listener != null) {
        listener.changed(before.get(i), operations[i]);
      }
    }
  }

  /** Lets what is due come true; nobody can look before it has. */
  private void settle() {
    long now = clock.millis();
    while (!due.isEmpty() && due.peek().millis() <= now) {
      switch (ledger.at(due.remove().number())) {
        case Operation.Movement movement when movement.isOpen() -> settle(movement);
        case Operation.Authorization asked when asked.isWaiting() && asked.isOver(now) ->
            write(asked.over());
        case Operation.Movement _,
            Operation.Authorization _,
            Operation.Dispute _,
            Operation.Receipt _ -> {
          // It has come to its end otherwise.
        }
      }
    }
  }

  private void settle(Operation.Movement movement) {
    Operation.Movement settled = movement.settled();
    Operation.Authorization authorization =
        byId(movement.authorization()) instanceof Operation.Authorization found ? found : null;
    String rest = movement.notes().get(Movements.REST);
    if (authorization != null && !rest.isEmpty()) {
      long later = Long.parseLong(rest);
      write(settled.of(settled.amount() + later), Movements.complete(authorization, later));
    } else if (authorization != null
        && settled.status() == Operation.Status.DECLINED
        && movement.kind() == Operation.Kind.REFUND
        && movement.notes().get(Acquirer.FAILED).isEmpty()) {
      write(settled, Movements.takeBack(authorization, movement.amount()));
    } else {
      write(settled);
    }
  }

  private void awaitSettlement(Operation operation) {
    if (operation instanceof Operation.Movement movement
        && movement.isOpen()
        && movement.settlement() != null) {
      due.add(new Due(movement.settlement().dueMillis(), movement.identity().number()));
    }
    if (operation instanceof Operation.Authorization asked
        && asked.isWaiting()
        && asked.challenge() != null
        && asked.challenge().until() > 0) {
      due.add(new Due(asked.challenge().until() * 1_000, asked.identity().number()));
    }
  }

  /** Ids carry their place in the ledger, so that they need no index of their own. */
  Operation.Identity identity(
      String prefix, String reference, String comparable, Operation.Notes notes) {
    int number = ledger.size();
    String id = prefix + HexFormat.of().toHexDigits(number) + randomText();
    return new Operation.Identity(
        number, id, reference, fingerprint(comparable), clock.instant().getEpochSecond(), notes);
  }

  String randomText() {
    byte[] bytes = new byte[12];
    random.nextBytes(bytes);
    return Base62.encode(bytes);
  }

  static String fingerprint(String comparable) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(comparable.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 22);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Nullable Operation byId(String id) {
    int start = id.indexOf('_') + 1;
    if (id.length() < start + 8) {
      return null;
    }
    try {
      Operation there = at(HexFormat.fromHexDigits(id, start, start + 8));
      return there != null && there.identity().id().equals(id) ? there : null;
    } catch (NumberFormatException notOurs) {
      return null;
    }
  }

  @Nullable Operation at(int number) {
    return step(() -> number >= 0 && number < ledger.size() ? ledger.at(number) : null);
  }

  @Nullable Operation byReference(String reference) {
    return step(() -> ledger.byReference(reference));
  }

  @Nullable Operation byAlias(String alias) {
    return step(() -> ledger.byAlias(alias));
  }

  /** The first answer to the request of that key, or null. */
  Operation.@Nullable Receipt receipt(String key) {
    return byReference(receiptReference(key)) instanceof Operation.Receipt receipt ? receipt : null;
  }

  /** Keeps the first answer to the request of that key. */
  void keep(String key, String comparable, int status, @Nullable String body) {
    step(
        () -> {
          Operation.Receipt receipt =
              new Operation.Receipt(
                  identity("rcpt_", receiptReference(key), comparable, Operation.Notes.NONE),
                  status,
                  body);
          write(receipt);
          return receipt;
        });
  }

  /** Blanks are in no key. */
  private static String receiptReference(String key) {
    return "answer to " + key;
  }

  List<Operation> allByAlias(String alias) {
    return step(() -> ledger.allByAlias(alias));
  }

  int size() {
    return step(ledger::size);
  }

  /**
   * A part of the books.
   *
   * @param operations what was asked for, as it stands now, in the order of the asking
   * @param cursor the number of the next one that was not looked at
   * @param more whether there are any
   */
  record Page(List<Operation> operations, int cursor, boolean more) {}

  /** Operations and disputes from that number on, at most so many, as they stand now. */
  Page list(int from, int limit) {
    return step(
        () -> {
          List<Operation> page = new ArrayList<>();
          int number = from;
          for (; number < ledger.size() && page.size() < limit; number++) {
            if (!(ledger.at(number) instanceof Operation.Receipt)) {
              page.add(ledger.at(number));
            }
          }
          return new Page(page, number, number < ledger.size());
        });
  }

  /** What callers asked for since then, from that number on. */
  Page since(long seconds, int from) {
    return step(
        () -> {
          List<Operation> page = new ArrayList<>();
          int number = Math.max(from, firstSince(seconds));
          for (; number < ledger.size() && page.size() < PAGE; number++) {
            Operation operation = ledger.at(number);
            // A dispute was asked for by nobody; it has a feed of its own.
            if (operation.identity().created() >= seconds
                && !(operation instanceof Operation.Dispute)
                && !(operation instanceof Operation.Receipt)) {
              page.add(operation);
            }
          }
          return new Page(page, number, number < ledger.size());
        });
  }

  /** The ledger is in the order of time: halving finds the place. */
  private int firstSince(long seconds) {
    int low = 0;
    int high = ledger.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ledger.at(middle).identity().created() < seconds) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      ledger.close();
    } finally {
      lock.unlock();
    }
  }
}
