package dev.portcullis.vault;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.WrongMasterKeyException;
import dev.portcullis.vault.forward.PolicyException;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.LiveMode;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.config.ZoneSettings;
import dev.portcullis.wire.error.ErrorPages;
import dev.portcullis.wire.log.JsonLog;
import dev.portcullis.wire.process.JvmInspection;
import dev.portcullis.wire.process.OwnMemory;
import dev.portcullis.wire.process.Swap;
import dev.portcullis.wire.tls.TlsFileException;
import dev.portcullis.wire.tls.TlsPolicy;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Starts the vault: {@code VaultMain <vault.properties>}. SIGTERM drains and stops it. */
public final class VaultMain {

  private static final Logger LOG = Logger.getLogger(VaultMain.class.getName());

  private VaultMain() {}

  /** Before there is a secret in its memory. */
  private static void closeToOthers() {
    JvmInspection.first(ManagementFactory.getRuntimeMXBean().getInputArguments())
        .ifPresent(
            option -> {
              throw new ConfigException(
                  ("The vault does not start with %s, which opens its memory to others: take it out"
                          + " of PORTCULLIS_VAULT_JAVA_OPTIONS, JAVA_TOOL_OPTIONS,"
                          + " JDK_JAVA_OPTIONS or its command line.")
                      .formatted(option));
            });
    if (!OwnMemory.closeToOthers()) {
      LOG.warning("the system cannot keep others of the same user out of the vault's memory");
    }
    List<String> swap = new Swap(Path.of("/")).openTo("self");
    if (!swap.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "the vault''s memory may be written to {0}, which is not known to be encrypted",
          String.join(", ", swap));
    }
  }

  /** The process. Exits with 1 and one sentence when it cannot start, 2 when used wrongly. */
  public static void main(String[] args) {
    JsonLog.install("vault");
    TlsPolicy.install();
    if (args.length != 1) {
      LOG.severe("usage: VaultMain <vault.properties>");
      System.exit(2);
      return;
    }
    try {
      closeToOthers();
      SecretAccess access = SecretAccess.insecureGrant();
      ZoneConfig file = ZoneConfig.load(Path.of(args[0]), ZoneSettings.VAULT);
      LiveMode.require(file, "cards", InstantSource.system().instant());
      ErrorPages.publishedAt(file.find("docs-url").orElse(null));
      VaultConfig config = VaultConfig.read(file, access, InstantSource.system());
      Vault vault = Vault.start(config, InstantSource.system(), access);
      Runtime.getRuntime().addShutdownHook(new Thread(vault::close, "stop"));
      LOG.info(() -> "the vault is ready: cards origin on port " + vault.ports().cards());
    } catch (ConfigException
        | TlsFileException
        | PolicyException
        | WrongMasterKeyException
        | KeyUnavailableException e) {
      LOG.severe(e.getMessage());
      System.exit(1);
    } catch (SQLException | RuntimeException e) {
      LOG.log(Level.SEVERE, "The vault cannot start: " + e.getMessage(), e);
      System.exit(1);
    }
  }
}
