package dev.portcullis.vault.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One statement for all who ask for the same thing at once. So many run at a time; whoever comes
 * meanwhile waits, and the first of those who wait takes the others along as soon as one has ended.
 * So a statement is as large as the load is heavy, and a lone question waits for nobody.
 *
 * <p>Each has an answer of its own. What the database refuses as a whole is asked again one by one,
 * so that nobody fails for what another asked.
 *
 * @param <Q> a question
 * @param <A> its answer
 */
public final class Together<Q, A> {

  /** More in one statement save little, and keep those behind it waiting. */
  private static final int MOST = 64;

  /** Classes of SQLSTATE of a connection that is lost or was never there: nothing was refused. */
  private static final List<String> UNREACHABLE = List.of("08", "57");

  /** What can be asked of many at once. */
  public interface Work<Q, A> {
    /**
     * Asks by one statement that is a transaction of its own: what is refused has not happened.
     *
     * @return an answer for each question, in their order
     */
    List<A> ask(Connection connection, List<Q> questions) throws SQLException;
  }

  /** What whoever has asked is woken with. */
  private sealed interface Turn<Q, A> {
    record Answered<Q, A>(A answer) implements Turn<Q, A> {}

    record Failed<Q, A>(Throwable why) implements Turn<Q, A> {}

    /** It is the first of these, and asks for all of them. */
    record Asking<Q, A>(List<Asked<Q, A>> all) implements Turn<Q, A> {}
  }

  private record Asked<Q, A>(Q question, CompletableFuture<Turn<Q, A>> turn) {}

  private final DataSource database;
  private final int atOnce;
  private final Work<Q, A> work;

  /** Nobody waits while fewer than {@code atOnce} run; both are guarded by this. */
  private final Deque<Asked<Q, A>> waiting = new ArrayDeque<>();

  private int running;

  /**
   * @param atOnce how many statements run at a time, each with a connection; 1 or more
   */
  public Together(DataSource database, int atOnce, Work<Q, A> work) {
    this.database = database;
    this.atOnce = atOnce;
    this.work = work;
  }

  /**
   * The answer.
   *
   * @throws SQLException if the database cannot be reached, or refuses; when a connection was lost
   *     nobody knows whether a change has happened
   */
  public A ask(Q question) throws SQLException {
    Asked<Q, A> mine = new Asked<>(question, new CompletableFuture<>());
    Turn<Q, A> turn = mayBegin(mine) ? askFor(List.of(mine)) : mine.turn().join();
    if (turn instanceof Turn.Asking<Q, A>(List<Asked<Q, A>> all)) {
      turn = askFor(all);
    }
    return switch (turn) {
      case Turn.Answered<Q, A>(A answer) -> answer;
      case Turn.Failed<Q, A>(SQLException why) -> throw why;
      case Turn.Failed<Q, A>(RuntimeException why) -> throw why;
      case Turn.Failed<Q, A>(Error why) -> throw why;
      case Turn.Failed<Q, A>(Throwable why) -> throw new IllegalStateException(why);
      case Turn.Asking<Q, A> _ -> throw new IllegalStateException("whoever asks is answered");
    };
  }

  private synchronized boolean mayBegin(Asked<Q, A> asked) {
    if (running < atOnce) {
      running++;
      return true;
    }
    waiting.add(asked);
    return false;
  }

  /** Asks for all, lets the next ones begin, and wakes all but the first, which is the caller's. */
  private Turn<Q, A> askFor(List<Asked<Q, A>> all) {
    List<Turn<Q, A>> turns = turns(all.stream().map(Asked::question).toList());
    passOn();
    for (int at = 1; at < turns.size(); at++) {
      all.get(at).turn().complete(turns.get(at));
    }
    return turns.getFirst();
  }

  private void passOn() {
    List<Asked<Q, A>> next = new ArrayList<>();
    synchronized (this) {
      while (!waiting.isEmpty() && next.size() < MOST) {
        next.add(waiting.remove());
      }
      if (next.isEmpty()) {
        running--;
        return;
      }
    }
    next.getFirst().turn().complete(new Turn.Asking<>(next));
  }

  /** What came of each. Whatever goes wrong, nobody is left waiting. */
  private List<Turn<Q, A>> turns(List<Q> questions) {
    try (Connection connection = database.getConnection()) {
      List<A> answers = work.ask(connection, questions);
      if (answers.size() != questions.size()) {
        throw new IllegalStateException("not as many answers as questions");
      }
      return answers.stream().<Turn<Q, A>>map(Turn.Answered::new).toList();
    } catch (SQLException e) {
      if (questions.size() > 1 && isRefusal(e)) {
        return questions.stream().map(each -> turns(List.of(each)).getFirst()).toList();
      }
      return failed(questions, e);
    } catch (RuntimeException | Error e) {
      return failed(questions, e);
    }
  }

  private static boolean isRefusal(SQLException e) {
    @Nullable String state = e.getSQLState();
    return state != null && UNREACHABLE.stream().noneMatch(state::startsWith);
  }

  private List<Turn<Q, A>> failed(List<Q> questions, Throwable why) {
    return questions.stream().<Turn<Q, A>>map(_ -> new Turn.Failed<>(why)).toList();
  }

  /** How many wait for a statement to end. */
  public synchronized int waiting() {
    return waiting.size();
  }
}
