package dev.portcullis.wire.config;

import static dev.portcullis.wire.config.Setting.file;
import static dev.portcullis.wire.config.Setting.port;
import static dev.portcullis.wire.config.Setting.secret;
import static dev.portcullis.wire.config.Setting.text;

import java.util.List;

/** What the simulator can be told. */
final class SimulatorSettings {

  static final List<Setting> LIST =
      List.of(
          text("shopper.host", "The address that the shopper's pages are served on.")
              .or("127.0.0.1"),
          port("shopper.port", "The shopper's pages and the control interface."),
          port("provider.port", "The pretended provider's port, TLS, on loopback."),
          file("provider.tls.certificate", "The provider's certificate in PEM.").must(),
          file("provider.tls.key", "The certificate's private key, PKCS #8 in PEM.").must(),
          file("notifications.certificate", "What notifications are signed with, RSA, in PEM.")
              .must(),
          file("notifications.key", "The certificate's private key, PKCS #8 in PEM.").must(),
          port("management.port", "Health, on loopback alone."),
          secret("provider-key", "The key that the vault calls the provider with.").must(),
          secret("control-key", "The key of the control interface.").must(),
          file("ledger.directory", "Where the provider's books lie.").must());

  private SimulatorSettings() {}
}
