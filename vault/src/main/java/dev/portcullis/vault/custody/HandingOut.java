package dev.portcullis.vault.custody;

import dev.portcullis.kit.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * New shares on their way, each to the one person it is for, who takes it once. They are in memory
 * only, a day at most, and count when everybody has said that theirs is in a safe place.
 */
final class HandingOut {

  static final Duration PATIENCE = Duration.ofHours(24);

  private final SealedKey key;
  private final @Nullable String replaced;
  private final Rekey.About about;
  private final Instant until;
  private final Map<String, Share> shares = new LinkedHashMap<>();
  private final Map<String, Secret> tickets = new LinkedHashMap<>();
  private final Set<String> waiting;

  /**
   * @param replaced the set that dies, or null for a key that is new
   * @param about names as many custodians as there are shares
   */
  HandingOut(SealedKey.WithShares made, @Nullable String replaced, Rekey.About about, Instant now) {
    this.key = made.key();
    this.replaced = replaced;
    this.about = about;
    this.until = now.plus(PATIENCE);
    for (Share share : made.shares()) {
      shares.put(about.custodians().get(share.index() - 1), share);
    }
    this.waiting = new TreeSet<>(about.custodians());
  }

  SealedKey key() {
    return key;
  }

  /** The set that dies, or null for a key that is new. */
  @Nullable String replaced() {
    return replaced;
  }

  Rekey.About about() {
    return about;
  }

  /** That person's share, or null if there is none or it was taken. */
  @Nullable Share of(String person) {
    return shares.get(person);
  }

  /** It has been taken: from now on nobody gets it, and the ticket says that it arrived. */
  void taken(String person, String ticket) {
    shares.remove(person);
    tickets.put(person, Secret.of(ticket));
  }

  /** Whether that is the ticket of that person's share; then it is waited for no longer. */
  boolean arrived(String person, String ticket) {
    Secret handed = tickets.get(person);
    boolean right = handed != null && handed.equals(Secret.of(ticket));
    if (right) {
      waiting.remove(person);
    }
    return right;
  }

  /** Whose shares are not yet in a safe place. */
  Set<String> waiting() {
    return Set.copyOf(waiting);
  }

  boolean isOver(Instant now) {
    return !now.isBefore(until);
  }

  void clear() {
    shares.values().forEach(Share::clear);
    shares.clear();
    tickets.clear();
  }
}
