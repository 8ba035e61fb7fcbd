package dev.portcullis.gateway.keys;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import dev.portcullis.wire.key.KeyKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The keys that a sandbox starts with. Their file holds hashes only; a key that is in the database
 * already stays as it is there, revoked or not.
 */
public final class SandboxKeys {

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private final Database database;
  private final Ids ids;
  private final InstantSource clock;

  /** Writes with that client. */
  public SandboxKeys(Database database, Ids ids, InstantSource clock) {
    this.database = database;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Adds the file's keys that are not there yet.
   *
   * @throws ConfigException if the file cannot be used
   */
  public void load(Path file) {
    try {
      if (!(Json.read(Files.readAllBytes(file)) instanceof List<?> keys)) {
        throw new ConfigException("The file " + file + " must hold a list of keys.");
      }
      keys.forEach(key -> add(file, key));
    } catch (IOException | MalformedJsonException e) {
      throw new ConfigException("The file " + file + " cannot be read.", e);
    }
  }

  private void add(Path file, Object entry) {
    if (!(entry instanceof Map<?, ?> key)
        || !(key.get("account") instanceof String account)
        || !(key.get("kind") instanceof String kind)
        || !(key.get("hash") instanceof String hash)
        || !HASH.matcher(hash).matches()) {
      throw new ConfigException("In " + file + ", a key lacks its account, kind or hash.");
    }
    Instant now = clock.instant();
    database
        .of(account)
        .sql("INSERT INTO accounts (id, created) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .params(account, now.atOffset(ZoneOffset.UTC))
        .update();
    database
        .of(account)
        .sql(
            "INSERT INTO api_keys (account, livemode, id, version, created, kind, hash, hint)"
                + " VALUES (?, ?, ?, 1, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING")
        .params(
            account,
            Boolean.TRUE.equals(key.get("livemode")),
            ids.next("key"),
            now.atOffset(ZoneOffset.UTC),
            KeyKind.ofWireName(kind).wireName(),
            hash,
            Objects.toString(key.get("hint"), ""))
        .update();
  }
}
