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

/** What the vault can be told. */
final class VaultSettings {

  private static final Duration LONG = Duration.ofDays(3_660);

  static final List<Setting> LIST =
      Stream.of(zone(), MasterKeySettings.LIST, VaultLimitSettings.LIST)
          .flatMap(List::stream)
          .toList();

  private VaultSettings() {}

  private static List<Setting> zone() {
    return List.of(
        text(
                "cards.host",
                "The address that the cards origin listens on; without TLS a loopback one, in a"
                    + " sandbox.")
            .or("127.0.0.1"),
        port("cards.port", "The cards origin's port."),
        file("cards.tls.certificate", "The cards origin's certificate in PEM, leaf first."),
        file("cards.tls.key", "The certificate's private key, PKCS #8 in PEM."),
        tlsName("cards"),
        url(
            "cards.api-url",
            "Where shoppers' browsers reach the API; the card fields tell it the page that they"
                + " stand in, which otherwise has to give it."),
        text(
            "cards.trusted-proxies",
            "The proxies whose word on where a request comes from is believed: addresses or"
                + " blocks such as 10.0.0.0/8, parted by commas."),
        choice(
                "cards.proxy-header",
                List.of("X-Forwarded-For", "Forwarded"),
                "The header in which they say it; they must append to it or replace it.")
            .or("X-Forwarded-For"),
        number(
                "cards.connections",
                16,
                100_000,
                "Connections to the cards origin at once; beyond that the oldest that waits gives"
                    + " way. No more than fit into 40 % of the heap: each costs 6 KB, over TLS 96"
                    + " KB.")
            .or("1024"),
        number(
                "cards.connections-per-address",
                1,
                100_000,
                "Connections at once from one address; then its own oldest idle one gives way, and"
                    + " where none is idle a new one is closed. A proxy in front needs more. Where"
                    + " the heap bounds all connections, a quarter of them at most.")
            .or("128"),
        time("cards.first-request-time", "PT10S", "From a connection to a first request's head."),
        time("cards.body-time", "PT20S", "From a request's head to the end of its body."),
        time("cards.exchange-time", "PT90S", "From a request's head to its answer's end."),
        time(
            "cards.idle-time",
            "PT60S",
            "From an answer to the next request's head on the same connection."),
        time(
            "cards.cramped-idle-time",
            "PT5S",
            "The same while four in five of all connections are taken."),
        file(
            "cards.bin-table",
            "A table of card ranges in CSV, instead of the one that comes along"
                + " (docs/OPERATIONS.md)."),
        duration(
            "cards.retention",
            Duration.ofDays(7),
            LONG,
            "Cards that were not used for so long are deleted, and the audit trail says how many"
                + " of which account; without it they are kept."),
        duration(
            "backup.kept-for",
            Duration.ZERO,
            LONG,
            "How long backups of the vault's database are kept: until then after an account's"
                + " keys were destroyed, a backup could open its cards."),
        port("internal.port", "The gateway's way in, on loopback, mutual TLS 1.3."),
        file("internal.tls.certificate", "What the vault shows the gateway of itself.").must(),
        file("internal.tls.key", "The private key of that.").must(),
        file("internal.tls.ca", "The authority that the gateway's certificate comes from.").must(),
        form(
                "internal.gateway-identity",
                "sha256:[0-9a-f]{64}",
                "sha256: and 64 hexadecimal digits",
                "The gateway's public key, the only one that may call.")
            .must(),
        port("management.port", "Health, metrics and the audit trail, on loopback alone."),
        port("admin.port", "The people's way in, on loopback, TLS 1.3."),
        file("admin.tls.certificate", "What the vault shows people's command line.").must(),
        file("admin.tls.key", "The private key of that.").must(),
        file("admin.setup-code", "The hash and the end of the first administrator's code."),
        duration(
                "admin.settling",
                Duration.ZERO,
                Duration.ofDays(30),
                "How long somebody who was let in or reset neither proposes nor confirms a change.")
            .or("PT24H"),
        duration(
                "audit.head-interval",
                Duration.ofSeconds(1),
                Duration.ofDays(1),
                "So long at most an entry of the audit trail waits until a signed head vouches for"
                    + " it.")
            .or("PT1M"),
        number(
                "audit.head-entries",
                1,
                1_000,
                "After so many entries at most a head is signed, whatever the time.")
            .or("1000"),
        file(
            "audit.directory",
            "The folder in which the vault keeps the newest head that it has seen, out of the"
                + " database's reach; without it in memory alone."),
        text("database.url", "JDBC URL of the vault's database.").must(),
        text("database.user", "The vault's role there.").must(),
        secret("database.password", "Its password.").must(),
        secret(
                "api-key-hash-key",
                "Under which API keys are hashed, 32 bytes in base64; the gateway has the same.")
            .must(),
        duration(
                "keys.data-key-life",
                Duration.ofDays(90),
                Duration.ofDays(3_650),
                "After this time what a data key sealed is sealed anew under today's, and the key"
                    + " is destroyed.")
            .or("P730D"),
        duration(
                "keys.fingerprint-key-life",
                Duration.ofDays(90),
                Duration.ofDays(3_650),
                "After this time cards are known by a new fingerprint key, and the old one is"
                    + " destroyed.")
            .or("P730D"),
        duration(
                "keys.master-key-life",
                Duration.ofDays(1),
                Duration.ofDays(3_650),
                "The master key's cryptoperiod; after it the log warns each hour.")
            .or("P365D"),
        duration(
                "keys.destroy-after",
                Duration.ZERO,
                Duration.ofDays(365),
                "How long a retired data key is kept that seals nothing any more.")
            .or("PT24H"),
        flag(
            "livemode",
            "Whether live payments are served; then the zone refuses to start where it is not"
                + " safe (see doctor --production)."),
        url(
            "docs-url",
            "Where docs/errors.md is published; errors then carry doc_url, which leads to their"
                + " code there."),
        flag(
            "sandbox",
            "Whether this is a sandbox: plain HTTP on loopback, providers on this machine."),
        file(
            "transfers.directory",
            "The folder in which files of cards lie, encrypted, while they come and go; without it"
                + " no cards go in or out in bulk."),
        number("transfers.cards-per-part", 1, 100_000, "How many cards an export puts into a file.")
            .or("10000"),
        duration(
                "transfers.kept-for",
                Duration.ofHours(1),
                Duration.ofDays(90),
                "How long after its end an export's files can be fetched; then they are deleted.")
            .or("P7D"),
        file("policy.directory", "The folder of the forward policies.").must(),
        file(
            "egress.ca",
            "The authorities that providers' certificates come from; without it those of the"
                + " JDK."),
        secret("provider.*.key", "A provider's secret."),
        text("provider.*.account", "The one account that it is for."),
        choice("provider.*.mode", List.of("test", "live"), "The one mode that it is for."),
        text(
            "provider.*.host",
            "The one host, with its port, that it is sent to; see docs/FORWARD_POLICY.md for"
                + " two."));
  }

  private static Setting time(String name, String standard, String sentence) {
    return duration(name, Duration.ofMillis(50), Duration.ofMinutes(10), sentence).or(standard);
  }
}
