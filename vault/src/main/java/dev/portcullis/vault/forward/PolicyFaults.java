package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.PolicyException.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is wrong with a policy file, gathered while it is read. */
final class PolicyFaults {

  private final String file;
  private final List<Fault> faults = new ArrayList<>();

  /**
   * @param file the file's name
   */
  PolicyFaults(String file) {
    this.file = file;
  }

  /** A part of the policy; where it is wrong that is noted, and the reading goes on. */
  <T extends @Nullable Object> T part(Supplier<T> part, T otherwise) {
    try {
      return part.get();
    } catch (PolicyException e) {
      faults.addAll(e.faults());
      return otherwise;
    }
  }

  /** To throw where the part cannot be read further. */
  PolicyException wrong(String where, String what) {
    return new PolicyException(file, List.of(new Fault(where, what)));
  }

  /** To note where it can. */
  void note(String where, String what) {
    faults.add(new Fault(where, what));
  }

  /**
   * Ends the reading.
   *
   * @throws PolicyException if anything was wrong
   */
  void throwIfAny() {
    if (!faults.isEmpty()) {
      throw new PolicyException(file, faults);
    }
  }
}
