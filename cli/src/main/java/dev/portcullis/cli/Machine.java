package dev.portcullis.cli;

import dev.portcullis.cli.Production.Defect;
import dev.portcullis.wire.process.Swap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a machine lets a process's memory out: to a disk, a crash handler, or a neighbour. */
final class Machine {

  private final Path root;

  /**
   * @param root {@code /}
   */
  Machine(Path root) {
    this.root = root;
  }

  /**
   * What there is to mend; nothing where the system does not say.
   *
   * @param process whose control group counts: an id, or {@code self}
   * @param separate whether the zones have users of their own
   */
  List<Defect> defects(String process, boolean separate) {
    List<Defect> defects = new ArrayList<>();
    List<String> swap = new Swap(root).openTo(process);
    if (!swap.isEmpty()) {
      defects.add(
          new Defect(
              "swap",
              "Memory with card numbers may be written to %s, which is not known to be encrypted: encrypt it, turn it off, or set MemorySwapMax=0 for the unit."
                  .formatted(String.join(", ", swap))));
    }
    kernel("core_pattern")
        .filter(pattern -> pattern.startsWith("|"))
        .ifPresent(
            pattern ->
                defects.add(
                    new Defect(
                        "core_pattern",
                        "The kernel hands the memory of what crashes to a program, whatever the limit says (%s): set kernel.core_pattern=core, or have that program keep nothing."
                            .formatted(pattern.substring(1).split(" ", 2)[0]))));
    kernel("yama/ptrace_scope")
        .filter(scope -> scope.equals("0") && !separate)
        .ifPresent(
            _ ->
                defects.add(
                    new Defect(
                        "ptrace_scope",
                        "Every process of the one user may read the others' memory: set"
                            + " kernel.yama.ptrace_scope=1 or more.")));
    return defects;
  }

  private Optional<String> kernel(String name) {
    try {
      return Optional.of(Files.readString(root.resolve("proc/sys/kernel").resolve(name)).strip());
    } catch (IOException _) {
      return Optional.empty(); // another system, or a kernel without it
    }
  }
}
