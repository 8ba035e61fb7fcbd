package dev.portcullis.vault.forward;

import java.util.List;
import java.util.stream.Collectors;

/** A policy file cannot be used; the message names the file and all that is wrong with it. */
public final class PolicyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  /**
   * One thing that is wrong.
   *
   * @param where the JSON pointer of the member; empty where it is about the whole policy
   * @param what what is wrong there
   */
  record Fault(String where, String what) {}

  /** About the whole policy. */
  PolicyException(String message) {
    super(message);
    this.faults = List.of(new Fault("", message));
  }

  /**
   * About members of it.
   *
   * @param faults one or more
   */
  PolicyException(String file, List<Fault> faults) {
    super(
        "The forward policy %s is wrong at %s"
            .formatted(
                file,
                faults.stream()
                    .map(fault -> fault.where() + ": " + fault.what())
                    .collect(Collectors.joining("; at "))));
    this.faults = List.copyOf(faults);
  }

  List<Fault> faults() {
    return faults;
  }
}
