package dev.portcullis.wire.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which swap is open, on machines that are made of files. */
class SwapTest {

  private static final String HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";

  @TempDir private Path root;

  @BeforeEach
  void swapsToAPlainPartition() throws IOException {
    write(
        "proc/swaps", HEAD + "/dev/sda2                               partition\t8388604\t0\t-2\n");
    write("proc/self/cgroup", "0::/system.slice/portcullis.service\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void swapsTo(String device) throws IOException {
    write("proc/swaps", HEAD + device + " partition\t8388604\t0\t-2\n");
  }

  private org.assertj.core.api.ListAssert<String> open() {
    return assertThat(new Swap(root).openTo("self"));
  }

  @Test
  void aPlainPartitionAndAFileAreOpen() throws IOException {
    open().containsExactly("/dev/sda2");
    swapsTo("/swapfile");
    open().containsExactly("/swapfile");
    write("proc/swaps", HEAD);
    open().isEmpty();
    Files.delete(root.resolve("proc/swaps"));
    open().isEmpty();
  }

  @Test
  void whatIsEncryptedIsNotWhetherItselfOrBelow() throws IOException {
    swapsTo("/dev/dm-0");
    write("sys/block/dm-0/dm/uuid", "LVM-abc\n");
    open().containsExactly("/dev/dm-0");
    write("sys/block/dm-0/dm/uuid", "CRYPT-PLAIN-swap\n");
    open().isEmpty();
    write("sys/block/dm-0/dm/uuid", "LVM-abc\n");
    write("sys/block/dm-0/slaves/dm-1/size", "1");
    write("sys/block/dm-1/dm/uuid", "CRYPT-LUKS2-abc\n");
    open().isEmpty();
    write("sys/block/dm-0/slaves/sdb/size", "1");
    open().as("one of two is plain").containsExactly("/dev/dm-0");
  }

  @Test
  void compressedMemoryIsMemoryUnlessADiskIsBehindIt() throws IOException {
    swapsTo("/dev/zram0");
    open().isEmpty();
    write("sys/block/zram0/backing_dev", "none\n");
    open().isEmpty();
    write("sys/block/zram0/backing_dev", "/dev/sdb1\n");
    open().containsExactly("/dev/zram0");
  }

  @Test
  void aControlGroupKeepsAllThatIsBelowItFromSwap() throws IOException {
    String slice = "sys/fs/cgroup/system.slice/";
    write(slice + "portcullis.service/memory.swap.max", "max\n");
    open().isNotEmpty();
    write(slice + "memory.swap.max", "0\n");
    open().isEmpty();
    write(slice + "memory.swap.max", "1048576\n");
    write(slice + "portcullis.service/memory.swap.max", "0\n");
    open().isEmpty();
  }
}
