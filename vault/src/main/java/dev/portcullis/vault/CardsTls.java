package dev.portcullis.vault;

import dev.portcullis.vault.http.ListenerTls;
import dev.portcullis.vault.http.Metrics;
import dev.portcullis.wire.tls.CertificateWatch;
import dev.portcullis.wire.tls.ExchangeableIdentity;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsContexts;
import java.time.InstantSource;
import java.util.Optional;

/** TLS of the cards origin, whose certificate may be renewed while cards come in. */
record CardsTls(ListenerTls listener, CertificateWatch watch) {

  /**
   * Empty where the sandbox speaks plain HTTP.
   *
   * @throws dev.portcullis.wire.tls.TlsFileException if the files cannot be used
   */
  static Optional<CardsTls> open(VaultConfig.Cards cards, InstantSource clock, Metrics metrics) {
    VaultConfig.CertificateFiles files = cards.certificate();
    if (files == null) {
      return Optional.empty();
    }
    ExchangeableIdentity identity =
        new ExchangeableIdentity(PemIdentity.load(files.chain(), files.key()));
    CertificateWatch watch =
        new CertificateWatch("cards origin", files.chain(), files.key(), clock, identity::exchange);
    metrics.gauge("portcullis_vault_certificate_days_left", watch::daysLeft);
    metrics.gauge("portcullis_vault_certificate_broken", () -> watch.isBroken() ? 1 : 0);
    return Optional.of(
        new CardsTls(new ListenerTls(TlsContexts.server(identity), null, false), watch));
  }
}
