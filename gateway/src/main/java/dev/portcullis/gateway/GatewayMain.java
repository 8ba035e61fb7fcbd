package dev.portcullis.gateway;

import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.LiveMode;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.config.ZoneSettings;
import dev.portcullis.wire.error.ErrorPages;
import dev.portcullis.wire.log.Uncaught;
import dev.portcullis.wire.tls.TlsPolicy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Starts the gateway: {@code GatewayMain <gateway.properties>}. */
public final class GatewayMain {

  private static final int USAGE = 64;
  private static final int CONFIGURATION = 78;

  private GatewayMain() {}

  /** Runs until it is told to stop; a configuration that cannot be used ends it with 78. */
  public static void main(String[] args) {
    if (args.length != 1) {
      System.err.println("usage: GatewayMain <gateway.properties>");
      System.exit(USAGE);
    }
    TlsPolicy.install();
    try {
      start(ZoneConfig.load(Path.of(args[0]), ZoneSettings.GATEWAY));
    } catch (RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof ConfigException) {
          System.err.println(cause.getMessage());
          System.exit(CONFIGURATION);
        }
      }
      throw e;
    }
  }

  /** Starts with that configuration; closing the context drains and stops it. */
  static ConfigurableApplicationContext start(ZoneConfig config) {
    return start(config, _ -> {});
  }

  /** The same, with beans put in place of some of its own beforehand. */
  static ConfigurableApplicationContext start(
      ZoneConfig config, Consumer<GenericApplicationContext> beforehand) {
    Uncaught.install();
    LiveMode.require(config, "api", InstantSource.system().instant());
    ErrorPages.publishedAt(config.find("docs-url").orElse(null));
    SpringApplication application = new SpringApplication(GatewayConfiguration.class);
    application.setBannerMode(Banner.Mode.OFF);
    application.setLogStartupInfo(false);
    application.setDefaultProperties(
        Map.of(
            "logging.structured.format.console", RedactedJsonFormat.class.getName(),
            "logging.level.root", "INFO",
            "logging.level.org.apache", "WARN",
            "logging.level.org.springframework", "WARN",
            "logging.level.com.zaxxer", "WARN"));
    application.addInitializers(
        context -> {
          GenericApplicationContext generic = (GenericApplicationContext) context;
          generic.registerBean(ZoneConfig.class, () -> config);
          beforehand.accept(generic);
        });
    return application.run();
  }
}
