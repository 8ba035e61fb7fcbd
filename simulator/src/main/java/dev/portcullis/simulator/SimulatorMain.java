package dev.portcullis.simulator;

import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.config.ZoneSettings;
import dev.portcullis.wire.log.JsonLog;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsContexts;
import dev.portcullis.wire.tls.TlsFileException;
import dev.portcullis.wire.tls.TlsPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Starts the simulator from its properties file and stops it at SIGTERM. */
public final class SimulatorMain {
  private static final Logger LOG = Logger.getLogger(SimulatorMain.class.getName());

  private SimulatorMain() {}

  /**
   * Runs until the process is told to stop.
   *
   * @param arguments the path of the properties file
   */
  public static void main(String[] arguments) {
    JsonLog.install("simulator");
    TlsPolicy.install();
    if (arguments.length != 1) {
      LOG.severe("The one argument is the path of simulator.properties.");
      System.exit(2);
      return;
    }
    try {
      Simulator simulator = Simulator.start(settings(Path.of(arguments[0])), Clock.systemUTC());
      Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "drain"));
      LOG.log(
          Level.INFO,
          "The simulator listens at {0} for the vault and at {1} for shoppers.",
          new Object[] {simulator.providerUrl(), simulator.shopperUrl()});
    } catch (IOException
        | UncheckedIOException
        | ConfigException
        | TlsFileException
        | IllegalArgumentException e) {
      LOG.log(Level.SEVERE, "The simulator cannot start: " + e.getMessage(), e);
      System.exit(1);
    }
  }

  private static Settings settings(Path file) throws IOException {
    ZoneConfig config = ZoneConfig.load(file, ZoneSettings.SIMULATOR);
    return new Settings(
        InetAddress.getByName(config.string("shopper.host")),
        new Settings.Ports(
            config.integer("provider.port"),
            config.integer("shopper.port"),
            config.integer("management.port")),
        TlsContexts.server(
            PemIdentity.load(
                config.path("provider.tls.certificate"), config.path("provider.tls.key")),
            null),
        PemIdentity.load(
            config.path("notifications.certificate"), config.path("notifications.key")),
        config.secret("provider-key"),
        config.secret("control-key"),
        config.path("ledger.directory"));
  }
}
