package dev.portcullis.cli.home;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The kernel's lock on a home: whoever supervises the instance holds it, and it falls with the
 * process however that dies, so it never has to be cleaned up.
 */
public final class InstanceLock {
  private final FileChannel channel;
  private final FileLock lock;

  private InstanceLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /** Takes the lock, or is empty when another process holds it. */
  public static Optional<InstanceLock> take(Path file) {
    try {
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        return Optional.empty();
      }
      return Optional.of(new InstanceLock(channel, lock));
    } catch (IOException e) {
      throw HomeFiles.failure("lock " + file, e);
    }
  }

  /** Gives the lock back; the end of the process would too. */
  public void release() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw HomeFiles.failure("unlock the home", e);
    }
  }
}
