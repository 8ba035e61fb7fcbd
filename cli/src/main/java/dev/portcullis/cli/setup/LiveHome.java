package dev.portcullis.cli.setup;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.cli.process.Launch;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.ServerNames;
import dev.portcullis.wire.tls.TlsFileException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a home for live payments: folders, accounts and the settings that the owner brings.
 * Everything is looked at before anything is written, and every fault is named at once. What the
 * home makes itself (keys, passwords, certificates between the zones) comes with the first start.
 */
public final class LiveHome {

  /** What each place of the master key has to be told, after {@code vault.master-key.}. */
  private static final Map<String, List<String>> NEEDED =
      Map.of(
          "sealed", List.of(),
          "pkcs11", List.of("library", "slot", "key", "pin"),
          "aws-kms", List.of("key", "access-key-id", "secret-access-key"),
          "transit", List.of("url", "key", "token"));

  private final Home home;
  private final Accounts accounts;
  private final List<String> faults = new ArrayList<>();

  public LiveHome(Home home, Accounts accounts) {
    this.home = home;
    this.accounts = accounts;
  }

  /**
   * A public origin.
   *
   * @param url its address as clients know it
   * @param certificate PEM, the leaf first
   * @param key the certificate's private key, PKCS #8 in PEM
   */
  public record Origin(String url, Path certificate, Path key) {}

  /**
   * What the owner brings.
   *
   * @param masterKey where the vault's master key lives: {@code sealed}, {@code pkcs11}, {@code
   *     aws-kms} or {@code transit}
   * @param listen the address that both origins listen on
   * @param more further settings, as portcullis.properties holds them
   */
  public record Wish(
      Origin api, Origin cards, String masterKey, String listen, Map<String, String> more) {}

  /**
   * Looks at all of it, and makes nothing, not even the home's folder.
   *
   * @throws Refusal with a sentence for each thing that is wrong
   */
  public void examine(Wish wish, Instant now) {
    requireNew();
    accounts.requireReachable(home.root(), "The home");
    accounts.ensure();
    origin("api", Zone.GATEWAY, wish.api(), wish.more(), now);
    origin("cards", Zone.VAULT, wish.cards(), wish.more(), now);
    masterKey(wish);
    if (!faults.isEmpty()) {
      throw new Refusal(String.join("\n", faults));
    }
    if (!Installation.of(home, settings(wish)).live()) {
      throw new Refusal("--set cannot take livemode back.");
    }
  }

  /** Makes what was examined; the home's folder is there. */
  public void make(Wish wish) {
    new ZoneFiles(home, accounts).folders();
    StringBuilder text = new StringBuilder("# Made by init --live; docs/CONFIGURATION.md.\n");
    settings(wish).forEach((key, value) -> text.append(key).append('=').append(escaped(value)));
    HomeFiles.writePrivate(Installation.file(home), text.toString());
    HomeFiles.writePrivate(home.liveNote(), "");
  }

  private void requireNew() {
    for (Path sign :
        List.of(
            Installation.file(home),
            home.liveNote(),
            home.databaseNote(),
            home.databaseData(),
            home.operator().resolve("sandbox-keys.json"))) {
      if (Files.exists(sign)) {
        throw new Refusal(
            "%s is set up already (%s is there): name a new folder with --home; nothing was changed."
                .formatted(home.root(), sign));
      }
    }
  }

  private void origin(
      String name, Zone zone, Origin origin, Map<String, String> more, Instant now) {
    boolean https = isHttps(origin.url());
    if (!https) {
      faults.add("--%s-url must be https://HOST or https://HOST:PORT.".formatted(name));
    }
    try {
      PemIdentity identity = PemIdentity.load(origin.certificate(), origin.key());
      if (!identity.matches()) {
        faults.add("%s is not the key of %s.".formatted(origin.key(), origin.certificate()));
      }
      Instant end = identity.chain().getFirst().getNotAfter().toInstant();
      if (!now.isBefore(end)) {
        faults.add("%s has expired at %s: renew it.".formatted(origin.certificate(), end));
      }
      X509Certificate leaf = identity.chain().getFirst();
      String setting = "%s.%s.tls.name".formatted(zone.label(), name);
      String expected = https ? more.getOrDefault(setting, URI.create(origin.url()).getHost()) : "";
      if (https && !ServerNames.covers(leaf, expected)) {
        faults.add(
            ("%s is for %s, and not for %s: clients would refuse it. Where an edge with a"
                    + " certificate of its own stands before it, say by --set %s=NAME which name it"
                    + " expects here.")
                .formatted(origin.certificate(), ServerNames.shown(leaf), expected, setting));
      }
    } catch (TlsFileException e) {
      faults.add(e.getMessage() + ".");
      return;
    }
    for (Path file : List.of(origin.certificate(), origin.key())) {
      if (new Launch(home, accounts)
              .run(zone, List.of("test", "-r", file.toAbsolutePath().toString()))
              .exitCode()
          != 0) {
        faults.add(
            "%s cannot be read by the zone's account, %s: chown it to that, with mode 0600, in a folder that it can reach."
                .formatted(file, zone.account()));
      }
    }
  }

  private static boolean isHttps(String text) {
    try {
      URI url = new URI(text);
      return "https".equals(url.getScheme())
          && url.getHost() != null
          && url.getRawPath().isEmpty()
          && url.getRawQuery() == null
          && url.getRawFragment() == null
          && url.getRawUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private void masterKey(Wish wish) {
    List<String> needed = NEEDED.get(wish.masterKey());
    if (needed == null) {
      faults.add("--master-key must be sealed, pkcs11, aws-kms or transit; no file holds it.");
      return;
    }
    for (String name : needed) {
      String key = "vault.master-key." + wish.masterKey() + "." + name;
      if (!wish.more().containsKey(key)) {
        faults.add("--master-key %s needs --set %s=VALUE.".formatted(wish.masterKey(), key));
      }
    }
  }

  /** As the JDK's properties read it. */
  private static String escaped(String value) {
    return value.replace("\\", "\\\\") + "\n";
  }

  private static Map<String, String> settings(Wish wish) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("gateway.livemode", "true");
    settings.put("vault.livemode", "true");
    settings.put("gateway.public-url", wish.api().url());
    settings.put("gateway.cards-url", wish.cards().url());
    settings.put("gateway.api.host", wish.listen());
    settings.put("vault.cards.host", wish.listen());
    settings.put("gateway.api.tls.certificate", absolute(wish.api().certificate()));
    settings.put("gateway.api.tls.key", absolute(wish.api().key()));
    settings.put("vault.cards.tls.certificate", absolute(wish.cards().certificate()));
    settings.put("vault.cards.tls.key", absolute(wish.cards().key()));
    settings.put("vault.master-key.provider", wish.masterKey());
    settings.putAll(wish.more());
    return settings;
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }
}
