package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines that are made of files, each with one thing that lets memory out. */
class MachineTest {

  @TempDir private Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private List<String> found(boolean separate) {
    return new Machine(root).defects("7", separate).stream().map(Production.Defect::name).toList();
  }

  @Test
  void oneThatSaysNothingHasNothing() {
    assertThat(found(false)).isEmpty();
  }

  @Test
  void swapCountsForTheProcessThatRuns() throws IOException {
    write("proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 8 0 -2\n");
    write("proc/7/cgroup", "0::/vault\n");
    assertThat(found(true)).containsExactly("swap");
    write("sys/fs/cgroup/vault/memory.swap.max", "0\n");
    assertThat(found(true)).isEmpty();
  }

  @Test
  void aProgramThatGetsCores() throws IOException {
    write("proc/sys/kernel/core_pattern", "core\n");
    assertThat(found(true)).isEmpty();
    write("proc/sys/kernel/core_pattern", "|/usr/share/apport/apport %p %s\n");
    assertThat(found(true)).containsExactly("core_pattern");
  }

  @Test
  void tracingIsForOneUserAMatter() throws IOException {
    write("proc/sys/kernel/yama/ptrace_scope", "0\n");
    assertThat(found(false)).containsExactly("ptrace_scope");
    assertThat(found(true)).isEmpty();
    write("proc/sys/kernel/yama/ptrace_scope", "1\n");
    assertThat(found(false)).isEmpty();
  }
}
