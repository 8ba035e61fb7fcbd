package dev.portcullis.vault.masterkey;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.FileMasterKey;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.vault.custody.SealedMasterKey;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The master keys that the configuration names.
 *
 * @param all to wrap and unwrap with
 * @param sealed those among them that custodians open, the current one first
 */
public record ConfiguredMasterKeys(MasterKeys all, List<SealedMasterKey> sealed) {

  private static final String CURRENT = "master-key";
  private static final String OLD = "old-master-key";

  public ConfiguredMasterKeys {
    sealed = List.copyOf(sealed);
  }

  /**
   * Reads the configuration; asks nobody outside.
   *
   * @throws ConfigException if something is missing or wrong; one sentence
   */
  public static ConfiguredMasterKeys read(ZoneConfig config, SecretAccess access) {
    MasterKey current = key(config, CURRENT, config.string(CURRENT + ".provider"), access);
    Optional<MasterKey> old =
        config.find(OLD + ".provider").map(provider -> key(config, OLD, provider, access));
    List<SealedMasterKey> sealed = new ArrayList<>();
    Stream.concat(Stream.of(current), old.stream())
        .forEach(
            key -> {
              if (key instanceof SealedMasterKey held) {
                sealed.add(held);
              }
            });
    try {
      return new ConfiguredMasterKeys(new MasterKeys(current, old.stream().toList(), null), sealed);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage() + " Take out old-master-key.", e);
    }
  }

  private static MasterKey key(
      ZoneConfig config, String name, String provider, SecretAccess access) {
    return switch (provider) {
      case "file" -> new FileMasterKey(bytes(config, name, access), access);
      case "sealed" -> new SealedMasterKey(config.string(name + ".sealed.name"));
      default -> throw new IllegalStateException("not among the providers: " + provider);
    };
  }

  /**
   * A secret of 32 bytes.
   *
   * @throws ConfigException if it is not there, or is of another length
   */
  public static Secret bytes(ZoneConfig config, String name, SecretAccess access) {
    try {
      byte[] bytes = Base64.getDecoder().decode(config.secret(name).reveal(access));
      if (bytes.length == 32) {
        return Secret.ofBytes(bytes);
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException("The secret " + name + " must be 32 bytes in base64.", e);
    }
    throw new ConfigException("The secret " + name + " must be 32 bytes in base64.");
  }
}
