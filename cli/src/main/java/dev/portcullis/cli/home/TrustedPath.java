package dev.portcullis.cli.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Walks to a folder step by step, through every link, and refuses the way when somebody else could
 * make it lead elsewhere: root writes keys at its end and hands out what it finds there, or runs
 * what stands there.
 */
public final class TrustedPath {
  private static final Path ROOT = Path.of("/");
  private static final int SUPERUSER = 0;
  private static final int MOST_LINKS = 40;
  // inode(7): the bits of a mode.
  private static final int KIND = 0170000;
  private static final int LINK = 0120000;
  private static final int FOLDER = 0040000;
  private static final int STICKY = 01000;
  private static final int GROUP_WRITES = 020;
  private static final int OTHERS_WRITE = 02;

  private final int self;
  private final String what;
  private final String option;

  /**
   * To a home.
   *
   * @param self the id of the user who is to trust the way
   */
  public TrustedPath(int self) {
    this(self, "home", "--home");
  }

  /**
   * @param what stands at the end of the way, in a person's words
   * @param option names the way
   */
  private TrustedPath(int self, String what, String option) {
    this.self = self;
    this.what = what;
    this.option = option;
  }

  /**
   * To the database's programs.
   *
   * @param self the id of the user who is to trust the way
   */
  public static TrustedPath toPrograms(int self) {
    return new TrustedPath(self, "programs", "--database-programs");
  }

  /** What stands in one place, its links not followed. */
  private record Entry(int owner, int group, int mode) {
    boolean link() {
      return (mode & KIND) == LINK;
    }

    boolean folder() {
      return (mode & KIND) == FOLDER;
    }
  }

  /**
   * Follows the way to a folder that is there or is yet to be made.
   *
   * @param path absolute
   * @return the same place with no link in its way
   * @throws Refusal when somebody else owns or may change a step of the way, or the folder itself
   *     belongs to somebody else or may be written by others
   */
  public Path follow(Path path) {
    try {
      return walk(path, false);
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  /**
   * Follows the way to a file or a folder that is there, ours or root's.
   *
   * @param path absolute
   * @return the same place with no link in its way
   * @throws Refusal when somebody else owns or may change a step of the way or what is at its end,
   *     or nothing is there
   */
  public Path followToOwnOrRoots(Path path) {
    try {
      return walk(path, true);
    } catch (NoSuchFileException e) {
      throw new Refusal("%s is not there; choose another %s.".formatted(path, option), e);
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  private Refusal failure(Path path, IOException e) {
    return HomeFiles.failure("look at the %s %s".formatted(what, path), e);
  }

  /**
   * @param there whether something must be at its end, be it a file, and may be root's; otherwise
   *     it is a folder of our own or yet to be made
   */
  private Path walk(Path path, boolean there) throws IOException {
    Deque<Path> names = new ArrayDeque<>();
    path.normalize().forEach(names::add);
    Path at = ROOT;
    int links = 0;
    requireOwner(at, look(at));
    while (!names.isEmpty()) {
      Path next = at.resolve(names.removeFirst()).normalize();
      Entry entry;
      try {
        entry = look(next);
      } catch (NoSuchFileException e) {
        if (there) {
          throw e;
        }
        // Nobody but us can make what is missing: the folders above it are ours.
        return names.stream().reduce(next, Path::resolve).normalize();
      }
      requireOwner(next, entry);
      if (!entry.link()) {
        if (!there || !names.isEmpty()) {
          requireFolder(next, entry);
        }
        if (!names.isEmpty()) {
          requireStep(next, entry);
        }
        at = next;
        continue;
      }
      if (++links > MOST_LINKS) {
        throw new Refusal("The %s %s goes through too many links.".formatted(what, path));
      }
      Path target = Files.readSymbolicLink(next);
      at = target.isAbsolute() ? ROOT : at;
      prepend(target, names);
    }
    if (there) {
      requireClosed(at, look(at));
    } else {
      requireOwn(at, look(at));
    }
    return at;
  }

  private static void prepend(Path target, Deque<Path> names) {
    Deque<Path> reversed = new ArrayDeque<>();
    target.forEach(reversed::push);
    for (Iterator<Path> name = reversed.iterator(); name.hasNext(); ) {
      names.addFirst(name.next());
    }
  }

  private static Entry look(Path path) throws IOException {
    return new Entry(number(path, "uid"), number(path, "gid"), number(path, "mode"));
  }

  private static int number(Path path, String attribute) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
  }

  private void requireOwner(Path path, Entry entry) throws IOException {
    if (entry.owner() != SUPERUSER && entry.owner() != self) {
      throw ownedByAnother(path);
    }
  }

  private void requireFolder(Path path, Entry entry) {
    if (!entry.folder()) {
      throw new Refusal(
          "There can be no %s: %s is not a folder; choose another %s."
              .formatted(what, path, option));
    }
  }

  private void requireStep(Path path, Entry entry) {
    // In a sticky folder such as /tmp nobody can put away what another owns.
    boolean sticky = (entry.mode() & STICKY) != 0;
    boolean group =
        (entry.mode() & GROUP_WRITES) != 0 && self == SUPERUSER && entry.group() != SUPERUSER;
    if (!sticky && (group || (entry.mode() & OTHERS_WRITE) != 0)) {
      throw new Refusal(
          "The way to the %s goes through %s, which others may change; chmod go-w it, or choose another %s."
              .formatted(what, path, option));
    }
  }

  private void requireOwn(Path path, Entry entry) throws IOException {
    if (entry.owner() != self) {
      throw ownedByAnother(path);
    }
    requireClosed(path, entry);
  }

  private void requireClosed(Path path, Entry entry) {
    if ((entry.mode() & (GROUP_WRITES | OTHERS_WRITE)) != 0) {
      throw new Refusal(
          "Others may write into the %s %s; look at what is in it, then chmod go-w it, or choose another %s."
              .formatted(what, path, option));
    }
  }

  private Refusal ownedByAnother(Path path) throws IOException {
    return new Refusal(
        "%s belongs to %s, not to you; choose another %s, or run this as its owner."
            .formatted(path, Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName(), option));
  }
}
