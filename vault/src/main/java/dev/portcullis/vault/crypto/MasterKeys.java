package dev.portcullis.vault.crypto;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The master keys that are configured: the one that wraps, and older ones that only unwrap what
 * they wrapped, until a rotation has left them nothing.
 */
public final class MasterKeys implements AutoCloseable {

  private final MasterKey current;
  private final Map<String, MasterKey> all = new LinkedHashMap<>();
  private final @Nullable Duration dataKeyLife;

  /**
   * @param dataKeyLife how long an unwrapped data key stays in memory at most; null where the
   *     master key itself is in memory, so that forgetting what it unwraps would gain nothing
   * @throws IllegalArgumentException if two of them are the same key
   */
  public MasterKeys(
      MasterKey current, List<? extends MasterKey> older, @Nullable Duration dataKeyLife) {
    this.current = current;
    this.dataKeyLife = dataKeyLife;
    Stream.concat(Stream.of(current), older.stream())
        .forEach(
            key -> {
              if (all.putIfAbsent(key.id(), key) != null) {
                throw new IllegalArgumentException(
                    "The master key " + key.id() + " is configured twice.");
              }
            });
  }

  /** One key, and what it unwraps stays in memory. */
  public static MasterKeys only(MasterKey key) {
    return new MasterKeys(key, List.of(), null);
  }

  /** The key that wraps from now on. */
  public MasterKey current() {
    return current;
  }

  /**
   * The key of that id, which unwraps what it wrapped.
   *
   * @throws KeyUnavailableException if it is not configured
   */
  public MasterKey byId(String id) {
    MasterKey key = all.get(id);
    if (key == null) {
      throw new KeyUnavailableException(
          new KeyTrouble(
              KeyTrouble.Kind.UNKNOWN_KEY,
              "The master key " + id + ", which wraps a stored data key, is not configured."));
    }
    return key;
  }

  /** The ids of all of them, the current one first. */
  public Set<String> ids() {
    return all.keySet();
  }

  /** How long an unwrapped data key stays in memory; empty for as long as the vault runs. */
  public Optional<Duration> dataKeyLife() {
    return Optional.ofNullable(dataKeyLife);
  }

  /** Why one of them cannot be used, as far as is known without asking anybody. */
  public Optional<KeyTrouble> trouble() {
    return all.values().stream().flatMap(key -> key.trouble().stream()).findFirst();
  }

  /** Keeps their credentials fresh; to be called every few seconds. */
  public void tend() {
    all.values().forEach(MasterKey::tend);
  }

  @Override
  public void close() {
    all.values().forEach(MasterKey::close);
  }
}
