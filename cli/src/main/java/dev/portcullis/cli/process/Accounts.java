package dev.portcullis.cli.process;

import com.sun.security.auth.module.UnixSystem;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Reasons;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operating-system accounts of the zones. Started as root, each zone has its own; otherwise all
 * run as the invoking user, and only file modes and separate processes keep them apart.
 */
public final class Accounts {
  private final boolean separate;

  private Accounts(boolean separate) {
    this.separate = separate;
  }

  public static Accounts detect() {
    return new Accounts(superuser());
  }

  public static boolean superuser() {
    return user() == 0;
  }

  /** The id of the user who runs this. */
  public static int user() {
    return Math.toIntExact(new UnixSystem().getUid());
  }

  /** True when every zone has an account of its own. */
  public boolean separate() {
    return separate;
  }

  /** The zone's account, or null when it is the invoking user's. */
  public @Nullable String of(Zone zone) {
    return separate ? zone.account() : null;
  }

  /** Makes the accounts that are missing: system accounts that nobody can sign in to. */
  public void ensure() {
    if (!separate) {
      return;
    }
    if (!Commands.exists("setpriv")) {
      throw new Refusal(
          "Started as root, each zone gets an account of its own, which needs setpriv from"
              + " util-linux; install it, or start Portcullis as an ordinary user.");
    }
    for (Zone zone : Zone.values()) {
      if (!exists(zone.account())) {
        create(zone.account());
      }
    }
  }

  /** True when the operating system knows an account of this name. */
  public static boolean exists(String account) {
    try {
      Path root = Path.of("/");
      root.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(account);
      return true;
    } catch (UserPrincipalNotFoundException e) {
      return false;
    } catch (IOException e) {
      throw new Refusal(
          "Could not look up the account %s (%s).".formatted(account, Reasons.of(e)), e);
    }
  }

  private static void create(String account) {
    Commands.Outcome outcome =
        Commands.run(
            List.of(
                "useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
                account));
    // Two first starts on one machine may make the same account; whoever lost finds it there.
    if (outcome.exitCode() != 0 && !exists(account)) {
      throw new Refusal(
          "Could not make the system account "
              + account
              + " ("
              + outcome.firstLine()
              + "); make it by hand with useradd --system.");
    }
  }

  /**
   * Refuses a path that the zones' accounts could not reach, naming the folder that stands in the
   * way.
   *
   * @param path what they must reach
   * @param what how a person calls it
   */
  public void requireReachable(Path path, String what) {
    if (!separate) {
      return;
    }
    for (Path step = path; step != null; step = step.getParent()) {
      try {
        if (Files.isDirectory(step, LinkOption.NOFOLLOW_LINKS)
            && !Files.getPosixFilePermissions(step).contains(PosixFilePermission.OTHERS_EXECUTE)) {
          throw new Refusal(
              what
                  + " is in "
                  + path
                  + ", which the zones' accounts cannot reach because "
                  + step
                  + " is closed to them; choose another place or chmod o+x "
                  + step
                  + ".");
        }
      } catch (IOException e) {
        throw HomeFiles.failure("look at " + step, e);
      }
    }
  }
}
