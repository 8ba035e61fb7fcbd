package dev.portcullis.wire.config;

import static dev.portcullis.wire.config.Setting.choice;
import static dev.portcullis.wire.config.Setting.duration;
import static dev.portcullis.wire.config.Setting.file;
import static dev.portcullis.wire.config.Setting.flag;
import static dev.portcullis.wire.config.Setting.form;
import static dev.portcullis.wire.config.Setting.number;
import static dev.portcullis.wire.config.Setting.port;
import static dev.portcullis.wire.config.Setting.secret;
import static dev.portcullis.wire.config.Setting.text;
import static dev.portcullis.wire.config.Setting.tlsName;
import static dev.portcullis.wire.config.Setting.url;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What the gateway can be told. */
final class GatewaySettings {

  private static final List<Setting> OWN =
      List.of(
          text("api.host", "The address that the API listens on; without TLS a loopback one.")
              .or("127.0.0.1"),
          port("api.port", "The API's port."),
          file(
              "api.tls.certificate",
              "The API's certificate in PEM, leaf first; without it the API speaks plain HTTP, on"
                  + " loopback alone."),
          file("api.tls.key", "The certificate's private key, PKCS #8 in PEM."),
          tlsName("api"),
          text(
              "api.trusted-proxies",
              "The proxies whose word on where a request comes from is believed: addresses or"
                  + " blocks such as 10.0.0.0/8, parted by commas."),
          choice(
                  "api.proxy-header",
                  List.of("X-Forwarded-For", "Forwarded"),
                  "The header in which they say it; they must append to it or replace it.")
              .or("X-Forwarded-For"),
          url("public-url", "The API's address as clients know it.").must(),
          url("cards-url", "The cards origin's address as clients know it.").must(),
          port("management.port", "Health and metrics, on loopback alone."),
          port("admin.port", "The people's way in, on loopback, TLS 1.3."),
          file("admin.tls.certificate", "What the gateway shows people's command line.").must(),
          file("admin.tls.key", "The private key of that.").must(),
          file("admin.setup-code", "The hash and the end of the first administrator's code."),
          duration(
                  "drain-delay",
                  Duration.ZERO,
                  Duration.ofSeconds(15),
                  "How long the gateway goes on serving after it was told to stop and says that it"
                      + " is not ready: longer than a load balancer's pause between two looks.")
              .or("PT0S"),
          text("database.url", "JDBC URL of the gateway's database.").must(),
          text("database.user", "The gateway's role there.").must(),
          secret("database.password", "Its password.").must(),
          url("vault.url", "The vault's internal listener.").must(),
          form(
                  "vault.identity",
                  "sha256:[0-9a-f]{64}",
                  "sha256: and 64 hexadecimal digits",
                  "The vault's public key, the only one that the gateway talks to.")
              .must(),
          file("vault.tls.certificate", "What the gateway shows the vault of itself.").must(),
          file("vault.tls.key", "The private key of that.").must(),
          file("vault.tls.ca", "The authority that the vault's certificate comes from.").must(),
          secret(
                  "api-key-hash-key",
                  "Under which API keys are hashed, 32 bytes in base64; the"
                      + " vault has the same.")
              .must(),
          duration(
                  "keys.rotation-age",
                  Duration.ofDays(1),
                  Duration.ofDays(366),
                  "How old an API key grows before its account is told to roll it.")
              .or("P365D"),
          duration(
                  "keys.unused-after",
                  Duration.ofDays(1),
                  Duration.ofDays(366),
                  "After how long without use an API key's account is told to revoke it.")
              .or("P90D"),
          duration(
                  "pages.watch-pause",
                  Duration.ofMinutes(1),
                  Duration.ofDays(7),
                  "How long to wait between two looks at a payment page, whether it arrives as it"
                      + " was approved.")
              .or("PT6H"),
          file(
              "pages.ca",
              "Authorities of your own that payment pages' certificates may come from, besides"
                  + " those of the JDK."),
          secret("client-secret-key", "From which client secrets are made, 32 bytes in base64.")
              .must(),
          secret("search-key", "Under which the gateway hashes what is searched for.").must(),
          secret("sealing-keys", "Under which the gateway seals what it must read again.").must(),
          flag(
              "livemode",
              "Whether live payments are served; then the zone refuses to start where it is not"
                  + " safe (see doctor --production)."),
          url(
              "docs-url",
              "Where docs/errors.md is published; errors then carry doc_url, which leads to their"
                  + " code there."),
          flag("sandbox", "Whether this is a sandbox: test keys, plain HTTP on loopback."),
          file("sandbox.keys", "The sandbox's API keys, as hashes."),
          duration(
                  "provider.sandbox.forward-timeout",
                  Duration.ofMillis(100),
                  Duration.ofMinutes(2),
                  "How long the provider may take to answer.")
              .or("PT10S"),
          duration(
                  "provider.dispute-pause",
                  Duration.ofMillis(10),
                  Duration.ofDays(1),
                  "How long to wait between two looks for disputes at a connected provider.")
              .or("PT15M"),
          duration(
                  "provider.sandbox.dispute-pause",
                  Duration.ofMillis(10),
                  Duration.ofDays(1),
                  "How long to wait between two looks for disputes.")
              .or("PT3S"),
          number(
                  "provider.sandbox.fee-basis-points",
                  0,
                  10_000,
                  "The share of each charge that the provider keeps, in hundredths of a percent.")
              .or("290"),
          number(
                  "provider.sandbox.fee-fixed",
                  0,
                  1_000_000,
                  "What it keeps of each charge besides, in hundredths of the main unit.")
              .or("30"),
          number(
                  "provider.sandbox.fee-dispute",
                  0,
                  1_000_000,
                  "What a dispute that takes money costs, in hundredths of the main unit.")
              .or("1500"),
          number(
                  "provider.sandbox.available-after-days",
                  0,
                  365,
                  "After how many days a charge's money is available.")
              .or("2"));

  private static final List<Setting> WEBHOOKS =
      List.of(
          duration(
                  "webhooks.timeout",
                  Duration.ofMillis(100),
                  Duration.ofSeconds(60),
                  "How long an attempt to tell an endpoint of an event may take in all.")
              .or("PT20S"),
          number(
                  "webhooks.at-once",
                  1,
                  1_000,
                  "Attempts to one endpoint that are under way at once; fewer while it does not"
                      + " answer, up to sixteen times as many while it answers at once (all that"
                      + " have more have a quarter of all together).")
              .or("8"),
          number(
                  "webhooks.at-once-in-all",
                  2,
                  10_000,
                  "Attempts to all endpoints that are under way at once; half of them at most to"
                      + " endpoints that do not answer or are slow, three quarters in test mode.")
              .or("512"),
          number("webhooks.rate", 1, 100_000, "Attempts to one endpoint in a second.").or("1000"));

  static final List<Setting> LIST =
      Stream.of(OWN, WEBHOOKS, GatewayLimitSettings.LIST).flatMap(List::stream).toList();

  private GatewaySettings() {}
}
