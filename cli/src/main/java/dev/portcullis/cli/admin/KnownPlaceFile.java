package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.people.People;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a zone gave a person when they signed in from this home: shown with the next sign-in, it has
 * their failures counted apart from a stranger's. It opens nothing.
 */
final class KnownPlaceFile {

  private final @Nullable Path file;

  /**
   * @param person as typed; of what can be no person's name nothing is kept
   */
  KnownPlaceFile(Home home, Zone zone, String person) {
    this.file =
        People.NAME.matcher(person).matches()
            ? home.operator().resolve("signed-in-" + zone.label() + "-" + person)
            : null;
  }

  Optional<String> read() {
    return file == null ? Optional.empty() : HomeFiles.read(file).map(String::strip);
  }

  /** Keeps it; where that cannot be, the person is signed in all the same, and told. */
  void keep(String place, Prompt prompt) {
    if (file == null || read().filter(place::equals).isPresent()) {
      return;
    }
    try {
      HomeFiles.writePrivate(file, place + "\n");
    } catch (Refusal e) {
      prompt.note(e.getMessage() + " Your next sign-in counts like a stranger's.");
    }
  }
}
