package dev.portcullis.vault.masterkey;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.FileMasterKey;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.vault.custody.SealedMasterKey;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.tls.TlsContexts;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

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
  public static ConfiguredMasterKeys read(
      ZoneConfig config, SecretAccess access, InstantSource clock) {
    Reader reader = new Reader(config, access, clock);
    MasterKey current = reader.key(CURRENT, config.string(CURRENT + ".provider"));
    List<MasterKey> old =
        config.find(OLD + ".provider").map(provider -> reader.key(OLD, provider)).stream().toList();
    List<MasterKey> keys = Stream.concat(Stream.of(current), old.stream()).toList();
    List<SealedMasterKey> sealed = new ArrayList<>();
    for (MasterKey key : keys) {
      if (key instanceof SealedMasterKey held) {
        sealed.add(held);
      }
    }
    // What this process can unwrap by itself, it may as well keep.
    boolean remote = keys.stream().anyMatch(RemoteMasterKey.class::isInstance);
    try {
      return new ConfiguredMasterKeys(
          new MasterKeys(current, old, remote ? config.duration(CURRENT + ".cache-time") : null),
          sealed);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage() + " Take out old-master-key.", e);
    }
  }

  private record Reader(ZoneConfig config, SecretAccess access, InstantSource clock) {

    MasterKey key(String name, String provider) {
      return switch (provider) {
        case "file" -> new FileMasterKey(bytes(config, name, access), access);
        case "sealed" -> new SealedMasterKey(config.string(name + ".sealed.name"));
        case "pkcs11" -> new RemoteMasterKey(pkcs11(name + ".pkcs11."), clock);
        case "aws-kms" -> new RemoteMasterKey(kms(name + ".aws-kms."), clock);
        case "transit" -> new RemoteMasterKey(transit(name + ".transit."), clock);
        default -> throw new IllegalStateException("not among the providers: " + provider);
      };
    }

    private MasterKey pkcs11(String prefix) {
      return new Pkcs11MasterKey(
          new Pkcs11MasterKey.Place(
              config.path(prefix + "library"),
              config.integer(prefix + "slot"),
              config.string(prefix + "key")),
          secret(prefix + "pin"),
          access);
    }

    private MasterKey kms(String prefix) {
      Supplier<Secret> id = secret(prefix + "access-key-id");
      Supplier<Secret> key = secret(prefix + "secret-access-key");
      String token = prefix + "session-token";
      Optional<URI> endpoint = config.find(prefix + "endpoint").map(URI::create);
      endpoint.ifPresent(uri -> requireTls(prefix + "endpoint", uri));
      return new AwsKmsMasterKey(
          new AwsKmsMasterKey.Place(config.string(prefix + "key"), endpoint.orElse(null)),
          () ->
              config.has(token)
                  ? AwsSessionCredentials.create(
                      id.get().reveal(access),
                      key.get().reveal(access),
                      config.secret(token).reveal(access))
                  : AwsBasicCredentials.create(id.get().reveal(access), key.get().reveal(access)),
          config.findPath(prefix + "ca").map(TlsContexts::trustManagers).orElse(null),
          limit());
    }

    private MasterKey transit(String prefix) {
      URI url = URI.create(config.string(prefix + "url"));
      requireTls(prefix + "url", url);
      return new TransitMasterKey(
          new TransitMasterKey.Place(
              url,
              config.string(prefix + "mount"),
              config.string(prefix + "key"),
              config.find(prefix + "namespace").orElse(null)),
          secret(prefix + "token"),
          access,
          TlsContexts.client(null, config.findPath(prefix + "ca").orElse(null)),
          limit(),
          clock);
    }

    private Duration limit() {
      return config.duration(CURRENT + ".time-limit");
    }

    /** Read now, so that a missing one stops the start, and anew whenever it is used. */
    private Supplier<Secret> secret(String name) {
      config.secret(name);
      return () -> config.secret(name);
    }

    /** A data key and a token travel there. */
    private static void requireTls(String name, URI url) {
      String host = String.valueOf(url.getHost());
      if (!url.getScheme().equals("https")
          && !host.equals("127.0.0.1")
          && !host.equals("localhost")) {
        throw new ConfigException(name + " must be https unless it is on this machine.");
      }
    }
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
