package dev.portcullis.gateway.payments;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The commit of a step that a provider takes part in: made once, by whoever comes to it first. */
final class Beginning {

  private final Supplier<Operation> commit;
  private boolean tried;
  private @Nullable Operation stored;
  private @Nullable RuntimeException refusal;
  private @Nullable Error failure;

  /**
   * @param commit returns when the step is durable, with the operation as it was stored
   */
  Beginning(Supplier<Operation> commit) {
    this.commit = commit;
  }

  /** Stores it, if nobody has tried; null if it is not stored. What keeps it from that is kept. */
  @Nullable Operation store() {
    if (!tried) {
      tried = true;
      try {
        stored = commit.get();
      } catch (RuntimeException e) {
        refusal = e;
      } catch (Error e) {
        failure = e;
      }
    }
    return stored;
  }

  /** The operation when it is stored; throws what kept it from that. */
  Operation require() {
    Operation operation = store();
    if (operation != null) {
      return operation;
    }
    if (refusal != null) {
      throw refusal;
    }
    throw Objects.requireNonNull(failure);
  }

  /** Whether somebody has tried to store it. */
  boolean isTried() {
    return tried;
  }

  /** Whether it is durable. */
  boolean isStored() {
    return stored != null;
  }
}
