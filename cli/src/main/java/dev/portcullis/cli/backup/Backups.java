package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.InstanceLock;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.postgres.Databases;
import dev.portcullis.kit.Ids;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes the backups of one home. */
public final class Backups {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);
  private static final String PARTIAL = ".partial";

  private final Home home;
  private final Databases databases;
  private final InstantSource clock;
  private final Consumer<String> say;

  public Backups(Home home, Databases databases, InstantSource clock, Consumer<String> say) {
    this.home = home;
    this.databases = databases;
    this.clock = clock;
    this.say = say;
  }

  /** The home's half of the backup key. */
  static HomeHalf key(Home home) {
    Path file = home.backupKey();
    return HomeHalf.parse(
        HomeFiles.read(file)
            .orElseThrow(
                () ->
                    new Refusal(
                        "There is no backup key yet: %s makes one."
                            .formatted(home.command("backup-key create --to FILE")))),
        file.toString());
  }

  /** What tells this home's backups from others' in one folder; made on the first call. */
  static String instance(Home home, InstantSource clock) {
    Path file = home.operator().resolve("instance");
    return HomeFiles.read(file)
        .map(String::strip)
        .orElseGet(
            () -> {
              String made = new Ids(clock, new SecureRandom()).next("inst");
              HomeFiles.writePrivate(file, made + "\n");
              return made;
            });
  }

  /**
   * Makes a backup in a folder. It has its name only when it is whole and on the disk.
   *
   * @param keep how many of this home's backups stay in the folder; 0 keeps all
   */
  public Path make(Path folder, int keep) {
    HomeHalf key = key(home);
    requireFolder(folder);
    InstanceLock lock =
        InstanceLock.take(home.run().resolve("backup.lock"))
            .orElseThrow(() -> new Refusal("Another backup of this home is being made."));
    try {
      String prefix = "portcullis-" + instance(home, clock) + "-";
      // Nobody else makes any now: they are what an interrupted backup left.
      remove(partials(folder, prefix));
      Path file = folder.resolve(prefix + STAMP.format(clock.instant()) + ".backup");
      Path partial = folder.resolve(file.getFileName() + PARTIAL);
      Written written = write(partial, file, key);
      BackupHistory.add(home, written.made());
      if (!written.wrong().isEmpty()) {
        // Older backups stay, whatever was said: they may be the last ones of the trail as it was.
        throw new Refusal("%s Made %s all the same.".formatted(written.wrong(), file));
      }
      if (keep > 0) {
        remove(
            BackupHistory.surplus(home, folder, keep).stream()
                .map(BackupHistory.Made::file)
                .toList());
      }
      return file;
    } finally {
      lock.release();
    }
  }

  private void requireFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new Refusal(folder + " is no folder; make it, on another disk than the home's.");
    }
  }

  /**
   * A backup that is on the disk.
   *
   * @param wrong what is wrong with the vault's audit trail, one sentence, or an empty text
   */
  private record Written(BackupHistory.Made made, String wrong) {}

  private Written write(Path partial, Path file, HomeHalf key) {
    if (Files.exists(file)) {
      throw new Refusal(file + " is there already.");
    }
    try {
      Written made;
      MessageDigest digest = sha256();
      try (FileChannel channel =
          FileChannel.open(
              partial,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        made = write(new Synced(channel, digest), file, key);
      }
      requireAsWritten(partial, digest);
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      HomeFiles.syncFolder(file);
      return made;
    } catch (IOException e) {
      throw HomeFiles.failure("write " + partial, e);
    } catch (SQLException e) {
      throw Dump.failure(e);
    }
  }

  private Written write(Synced to, Path file, HomeHalf key) throws IOException, SQLException {
    HeadWitness heads =
        new HeadWitness(
            home,
            file.resolveSibling("portcullis-%s.audit-heads".formatted(instance(home, clock))),
            say);
    try (Dump dump = new Dump(databases)) {
      Preamble preamble =
          new Preamble(
              new Ids(clock, new SecureRandom()).next("bkp"),
              instance(home, clock),
              dump.at(),
              dump.histories(),
              KeyFiles.marks(home.root()));
      try (BackupWriter writer = new BackupWriter(to, key, preamble)) {
        dump.write(writer, say);
      }
      String wrong = heads.witness(dump.auditHead(), dump.auditKeys(), dump::hasHead);
      return new Written(
          new BackupHistory.Made(preamble.id(), preamble.at(), file, to.written()), wrong);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Read back before it counts: a backup that a disk has swallowed is found out too late. */
  private static void requireAsWritten(Path partial, MessageDigest written) throws IOException {
    MessageDigest read = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(partial), read)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    if (!MessageDigest.isEqual(read.digest(), written.digest())) {
      throw new IOException("it does not read as it was written: the disk is not sound");
    }
  }

  /** A file that is on the disk when it is closed. */
  private static final class Synced extends OutputStream {
    private final FileChannel channel;
    private final OutputStream to;
    private long written;

    Synced(FileChannel channel, MessageDigest digest) {
      this.channel = channel;
      this.to = new DigestOutputStream(Channels.newOutputStream(channel), digest);
    }

    long written() {
      return written;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      to.write(bytes, offset, length);
      written += length;
    }

    @Override
    public void close() throws IOException {
      if (channel.isOpen()) {
        channel.force(true);
        channel.close();
      }
    }
  }

  private static List<Path> partials(Path folder, String prefix) {
    Pattern name =
        Pattern.compile(Pattern.quote(prefix) + "[0-9TZ]+\\.backup" + Pattern.quote(PARTIAL));
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> name.matcher(String.valueOf(file.getFileName())).matches())
          .toList();
    } catch (IOException e) {
      throw HomeFiles.failure("list " + folder, e);
    }
  }

  private void remove(List<Path> files) {
    for (Path old : files) {
      try {
        Files.delete(old);
        say.accept("  removed " + old);
      } catch (IOException e) {
        throw HomeFiles.failure("remove " + old, e);
      }
    }
  }

  /**
   * Reads a backup wholly.
   *
   * @return what it is
   * @throws Refusal if anything of it is not as it was written
   */
  public static Preamble verify(Path file, RecoveryHalf key, Consumer<String> say) {
    try (BackupReader reader = BackupReader.open(file, key)) {
      for (var part = reader.next(); part.isPresent(); part = reader.next()) {
        if (part.get() instanceof BackupReader.Part.Table(var zone, var table, var data)) {
          say.accept(Progress.line(zone, table, data.drain()));
        }
      }
      return reader.preamble();
    } catch (IOException e) {
      throw BackupReader.damaged(file, e);
    }
  }
}
