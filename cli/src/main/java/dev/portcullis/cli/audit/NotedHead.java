package dev.portcullis.cli.audit;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.audit.SignedHead;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The newest head of the vault's audit trail that the home has seen. Whoever owns the vault's
 * database can take all its heads away; the home's folder for the operator they cannot reach.
 */
public final class NotedHead {

  private final Path file;

  /** That of a home. */
  public NotedHead(Home home) {
    this.file = home.operator().resolve("vault-audit-head");
  }

  /**
   * The head; empty where none was noted yet.
   *
   * @throws Refusal if its file holds something else
   */
  public Optional<SignedHead> read() {
    return HomeFiles.read(file)
        .map(
            text ->
                SignedHead.parse(text.strip())
                    .orElseThrow(
                        () -> new Refusal(file + " holds no head of the vault's audit trail.")));
  }

  /**
   * What is wrong with a trail, as far as it shows without reading it; one sentence, or an empty
   * text. A head of more entries is no proof that it goes on from the noted one.
   *
   * @param trail whether it has a head
   */
  public String compare(Predicate<SignedHead> trail) {
    return read()
        .filter(noted -> !trail.test(noted))
        .map(
            noted ->
                "THE VAULT'S AUDIT TRAIL WAS CHANGED: the head of %d entries that was signed at %s is gone; %s holds it."
                    .formatted(noted.size(), noted.at(), file))
        .orElse("");
  }

  /** Notes a head that a right key signed, unless a later one is noted. */
  public void note(SignedHead newest) {
    if (read().map(SignedHead::size).orElse(0L) < newest.size()) {
      HomeFiles.writePrivate(file, newest.text() + "\n");
    }
  }
}
