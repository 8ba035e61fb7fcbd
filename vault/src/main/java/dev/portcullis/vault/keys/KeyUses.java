package dev.portcullis.vault.keys;

import dev.portcullis.vault.http.Answer;
import dev.portcullis.vault.http.InternalArguments;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * When and from where each key was last used here, for the gateway, which keeps that with the key
 * and asks for it now and then. Nothing is written here; what nobody has asked for when the vault
 * stops is lost, as is the oldest beyond the bound.
 *
 * <p>{@code POST /internal/v1/key_uses} hands out the oldest of them, until it is told that they
 * are written: a gateway that dies in between, or an answer that is lost, loses no use.
 */
public final class KeyUses {

  static final int BOUND = 10_000;
  private static final int PAGE = 500;

  private record Key(String account, String id) {}

  /**
   * The newest use of a key.
   *
   * @param at milliseconds since 1970
   */
  private record Use(long at, String address) {}

  /** Oldest use first; guarded by itself. */
  private final Map<Key, Use> newest = new LinkedHashMap<>();

  KeyUses() {}

  void note(KeyRow key, Instant at, InetAddress address) {
    Key name = new Key(key.account(), key.id());
    Use use = new Use(at.toEpochMilli(), address.getHostAddress());
    synchronized (newest) {
      newest.remove(name);
      newest.put(name, use);
      if (newest.size() > BOUND) {
        newest.remove(newest.keySet().iterator().next());
      }
    }
  }

  /**
   * Forgets what stands under {@code written}, a list of {@code account}, {@code id} and {@code at}
   * as they were handed out, unless the key was used again since; answers what is left, at most 500
   * with their {@code address}.
   *
   * <p>Errors: 400 {@code invalid_request} names the member.
   */
  public Answer handle(InternalArguments arguments) {
    Map<Key, Long> written = written(arguments);
    arguments.refuseOthers();
    List<Object> uses = new ArrayList<>();
    synchronized (newest) {
      written.forEach(
          (key, at) -> newest.computeIfPresent(key, (_, use) -> use.at() == at ? null : use));
      newest.entrySet().stream()
          .limit(PAGE)
          .forEach(entry -> uses.add(json(entry.getKey(), entry.getValue())));
    }
    return Answer.json(200, Map.of("uses", uses));
  }

  private static Map<Key, Long> written(InternalArguments arguments) {
    Map<Key, Long> written = new LinkedHashMap<>();
    if (arguments.optional("written") == null) {
      return written;
    }
    for (InternalArguments use : arguments.objects("written", PAGE)) {
      Key key = new Key(use.name("account"), use.name("id"));
      written.put(key, use.integer("at", 0, Long.MAX_VALUE));
      use.refuseOthers();
    }
    return written;
  }

  private static Map<String, Object> json(Key key, Use use) {
    return Map.of(
        "account", key.account(), "id", key.id(), "at", use.at(), "address", use.address());
  }
}
