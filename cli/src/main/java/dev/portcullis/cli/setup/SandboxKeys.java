package dev.portcullis.cli.setup;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.kit.Ids;
import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.ApiKeyHasher;
import dev.portcullis.wire.key.KeyKind;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The test keys that {@code up} prints. The operator's file holds them in plain text; the gateway
 * gets keyed hashes.
 */
public record SandboxKeys(String account, ApiKey secret, ApiKey publishable) {

  /** The keys of this home, made on the first call. */
  static SandboxKeys ensure(Home home, InstantSource clock, SecureRandom random) {
    Path file = home.operator().resolve("sandbox-keys.json");
    Optional<SandboxKeys> kept = HomeFiles.read(file).map(SandboxKeys::parse);
    if (kept.isPresent()) {
      return kept.get();
    }
    SandboxKeys keys =
        new SandboxKeys(
            new Ids(clock, random).next("acct"),
            ApiKey.generate(KeyKind.SECRET, false, random),
            ApiKey.generate(KeyKind.PUBLISHABLE, false, random));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("account", keys.account());
    tree.put("secret_key", keys.secret().text());
    tree.put("publishable_key", keys.publishable().text());
    HomeFiles.writePrivate(file, Json.writeString(tree));
    return keys;
  }

  private static SandboxKeys parse(String json) {
    Map<String, ?> tree = Json.readObject(json);
    return new SandboxKeys(
        String.valueOf(tree.get("account")),
        ApiKey.parse(String.valueOf(tree.get("secret_key"))).orElseThrow(),
        ApiKey.parse(String.valueOf(tree.get("publishable_key"))).orElseThrow());
  }

  /** Gives the gateway what it needs to recognize the keys, and no more. */
  void handToGateway(Home home, ZoneFiles files, String hashKey) {
    ApiKeyHasher hasher =
        new ApiKeyHasher(
            Secret.ofBytes(Base64.getDecoder().decode(hashKey)), SecretAccess.insecureGrant());
    files.settings(
        Zone.GATEWAY,
        home.zone(Zone.GATEWAY).resolve("sandbox-keys.json"),
        Json.writeString(
            List.of(entry(secret, "secret", hasher), entry(publishable, "publishable", hasher))));
  }

  private Map<String, Object> entry(ApiKey key, String kind, ApiKeyHasher hasher) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("account", account);
    entry.put("kind", kind);
    entry.put("livemode", key.livemode());
    entry.put("hash", HexFormat.of().formatHex(hasher.hash(key)));
    entry.put("hint", key.redacted());
    return entry;
  }
}
