package dev.portcullis.wire.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the kernel may write a process's memory to a disk that anybody can read who has it. */
public final class Swap {

  /** A logical volume on an encrypted one on a mirror: deeper than that nobody builds. */
  private static final int DEEPEST = 6;

  private final Path root;

  /**
   * @param root {@code /}
   */
  public Swap(Path root) {
    this.root = root;
  }

  /**
   * The devices and files that are swapped to and not known to be encrypted; none where the process
   * is kept from all of them by its control group, or where the system does not say.
   *
   * @param process its id, or {@code self}
   */
  public List<String> openTo(String process) {
    List<String> open =
        lines(root.resolve("proc/swaps")).stream()
            .skip(1)
            .map(line -> line.split("\\s+", 2)[0])
            .filter(device -> !device.isEmpty() && !isClosed(device))
            .toList();
    return open.isEmpty() || isKeptFromSwap(process) ? List.of() : open;
  }

  private boolean isClosed(String device) {
    String name = String.valueOf(Path.of(device).getFileName());
    return device.startsWith("/dev/") && (isMemory(name) || isEncrypted(name, 0));
  }

  /** Compressed memory, which goes nowhere unless it has a device behind it. */
  private boolean isMemory(String name) {
    List<String> behind = lines(root.resolve("sys/block").resolve(name).resolve("backing_dev"));
    return name.startsWith("zram") && (behind.isEmpty() || behind.getFirst().equals("none"));
  }

  /** By dm-crypt, itself or all that it lies on. */
  private boolean isEncrypted(String name, int depth) {
    Path device = root.resolve("sys/block").resolve(name);
    if (lines(device.resolve("dm/uuid")).stream().anyMatch(uuid -> uuid.startsWith("CRYPT-"))) {
      return true;
    }
    List<String> below = names(device.resolve("slaves"));
    return depth < DEEPEST
        && !below.isEmpty()
        && below.stream().allMatch(slave -> isEncrypted(slave, depth + 1));
  }

  /** A limit of nothing holds for all that is below it. */
  private boolean isKeptFromSwap(String process) {
    Path top = root.resolve("sys/fs/cgroup");
    return lines(root.resolve("proc").resolve(process).resolve("cgroup")).stream()
        .filter(line -> line.startsWith("0::/"))
        .map(line -> top.resolve(line.substring("0::/".length())).normalize())
        .anyMatch(group -> isKeptFromSwap(group, top));
  }

  private static boolean isKeptFromSwap(Path group, Path top) {
    Path at = group;
    while (at != null && at.startsWith(top)) {
      if (lines(at.resolve("memory.swap.max")).equals(List.of("0"))) {
        return true;
      }
      at = at.getParent();
    }
    return false;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException _) {
      return List.of(); // it has just gone
    }
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> entries = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).toList();
    } catch (IOException _) {
      return List.of(); // it has just gone
    }
  }
}
