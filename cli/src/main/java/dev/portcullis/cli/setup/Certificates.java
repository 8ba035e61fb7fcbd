package dev.portcullis.cli.setup;

import dev.portcullis.cli.certs.Authority;
import dev.portcullis.cli.certs.Identity;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.tls.Spki;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Keeps the development authority and every zone's certificate valid. */
public final class Certificates {
  /** A certificate with less life left than this is renewed at the next start. */
  public static final Duration RENEW_BEFORE = Duration.ofDays(60);

  private final Home home;
  private final ZoneFiles files;
  private final InstantSource clock;

  public Certificates(Home home, ZoneFiles files, InstantSource clock) {
    this.home = home;
    this.files = files;
    this.clock = clock;
  }

  /**
   * Public keys as {@code sha256:<hex>}. Every zone's certificate comes from one authority, so
   * authority and name alone would let any of them stand in for another.
   *
   * @param vault what the gateway is to expect of the vault's internal listener
   * @param gateway what the vault is to expect of its only client there
   */
  public record Pins(String vault, String gateway) {}

  /**
   * Makes or renews what is missing or near its end.
   *
   * @param simulator whether there is a simulated provider, which is known by one too
   * @return by what the vault and the gateway know each other
   */
  public Pins ensure(boolean publicTls, boolean simulator) {
    Path certificate = home.authority().resolve("ca.pem");
    Path key = home.authority().resolve("ca.key");
    Optional<Identity> kept =
        load(certificate, key).filter(ca -> ca.lastsBeyond(clock.instant(), RENEW_BEFORE));
    Authority authority = kept.map(this::reuse).orElseGet(() -> found(certificate, key));
    for (Zone zone : new Zone[] {Zone.VAULT, Zone.GATEWAY, Zone.SIMULATOR}) {
      files.settings(zone, home.tls(zone, "ca.pem"), authority.identity().chainPem());
    }
    boolean renewAll = kept.isEmpty();
    Identity vault = issue(authority, Zone.VAULT, "vault", Authority.Purpose.SERVER, renewAll);
    issue(authority, Zone.VAULT, "admin", Authority.Purpose.SERVER, renewAll);
    issue(authority, Zone.GATEWAY, "admin", Authority.Purpose.SERVER, renewAll);
    if (simulator) {
      issue(authority, Zone.SIMULATOR, "simulator", Authority.Purpose.SERVER, renewAll);
      issue(authority, Zone.SIMULATOR, "notifications", Authority.Purpose.SIGNER, renewAll);
    }
    if (publicTls) {
      issue(authority, Zone.VAULT, "cards", Authority.Purpose.SERVER, renewAll);
      issue(authority, Zone.GATEWAY, "api", Authority.Purpose.SERVER, renewAll);
    }
    Identity gateway =
        issue(authority, Zone.GATEWAY, "gateway", Authority.Purpose.CLIENT, renewAll);
    return new Pins(Spki.sha256(vault.certificate()), Spki.sha256(gateway.certificate()));
  }

  private Authority reuse(Identity identity) {
    return Authority.of(identity, clock);
  }

  private Authority found(Path certificate, Path key) {
    Authority authority = Authority.create(clock);
    HomeFiles.writePrivate(key, authority.identity().keyPem());
    HomeFiles.writePrivate(certificate, authority.identity().chainPem());
    return authority;
  }

  private Identity issue(
      Authority authority, Zone zone, String name, Authority.Purpose purpose, boolean renew) {
    Path certificate = home.tls(zone, name + ".pem");
    Path key = home.tls(zone, name + ".key");
    Optional<Identity> kept =
        renew
            ? Optional.empty()
            : load(certificate, key)
                .filter(leaf -> leaf.lastsBeyond(clock.instant(), RENEW_BEFORE));
    if (kept.isPresent()) {
      return kept.get();
    }
    Identity fresh = authority.issue(name, purpose);
    // The key first: a certificate without its key is renewed at the next start, not trusted.
    files.secret(zone, key, fresh.keyPem());
    files.settings(zone, certificate, fresh.chainPem());
    return fresh;
  }

  /** The identity in two files, when both are there and belong together. */
  public static Optional<Identity> load(Path certificate, Path key) {
    Optional<String> chain = HomeFiles.read(certificate);
    Optional<String> secret = HomeFiles.read(key);
    if (chain.isEmpty() || secret.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Identity.parse(chain.get(), secret.get())).filter(Identity::matches);
    } catch (IllegalArgumentException e) {
      // Half-written by something that is not us: made anew.
      return Optional.empty();
    }
  }
}
