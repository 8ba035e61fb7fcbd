package dev.portcullis.wire.config;

import static dev.portcullis.wire.config.Setting.choice;
import static dev.portcullis.wire.config.Setting.duration;
import static dev.portcullis.wire.config.Setting.file;
import static dev.portcullis.wire.config.Setting.form;
import static dev.portcullis.wire.config.Setting.number;
import static dev.portcullis.wire.config.Setting.secret;
import static dev.portcullis.wire.config.Setting.text;
import static dev.portcullis.wire.config.Setting.url;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Where the vault's master key lives, and an older one's place while data keys move over. */
final class MasterKeySettings {

  private static final List<String> PROVIDERS =
      List.of("file", "sealed", "pkcs11", "aws-kms", "transit");

  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9_./-]{0,99}";
  private static final String NAMES = "1 to 100 letters, digits and . _ - /";

  private static final String VARIABLE =
      SteeringVariables.NONE + "(?!(?i:PORTCULLIS))[A-Za-z][A-Za-z0-9_]{0,63}";

  static final List<Setting> LIST =
      Stream.of(
              List.of(
                  choice(
                          "master-key.provider",
                          PROVIDERS,
                          "Where the key lives that wraps the data keys: in a file (a sandbox's),"
                              + " sealed under custodians' shares, in an HSM, in AWS KMS, or in the"
                              + " transit engine of HashiCorp Vault or OpenBao.")
                      .or("file"),
                  duration(
                          "master-key.cache-time",
                          Duration.ofMinutes(1),
                          Duration.ofDays(1),
                          "How long an unwrapped data key stays in memory when an HSM or a service"
                              + " unwraps it; so long, too, cards go on when that is away.")
                      .or("PT10M"),
                  duration(
                          "master-key.time-limit",
                          Duration.ofMillis(100),
                          Duration.ofMinutes(1),
                          "How long a call to a key service may take, with all its attempts.")
                      .or("PT5S")),
              of("master-key"),
              List.of(
                  choice(
                      "old-master-key.provider",
                      PROVIDERS,
                      "Where the key before it lives, which only unwraps what it wrapped; without"
                          + " it there is none. Its own settings are those of master-key.")),
              of("old-master-key"))
          .flatMap(List::stream)
          .toList();

  private MasterKeySettings() {}

  private static List<Setting> of(String key) {
    return Stream.of(local(key), kms(key), transit(key)).flatMap(List::stream).toList();
  }

  private static List<Setting> local(String key) {
    return List.of(
        secret(key, "Provider file: the key, 32 bytes in base64."),
        form(
                key + ".sealed.name",
                "[a-z0-9][a-z0-9-]{0,39}",
                "1 to 40 lower-case letters, digits, dashes",
                "Provider sealed: the key's name in the vault's database.")
            .or("1"),
        file(key + ".pkcs11.library", "Provider pkcs11: the HSM's library for PKCS #11."),
        number(key + ".pkcs11.slot", 0, Integer.MAX_VALUE, "Provider pkcs11: the slot's id."),
        form(
            key + ".pkcs11.key",
            NAME,
            NAMES,
            "Provider pkcs11: the label of the AES-256 key on the token."),
        secret(key + ".pkcs11.pin", "Provider pkcs11: the user's PIN."),
        form(
            key + ".pkcs11.variables",
            VARIABLE + "(," + VARIABLE + "){0,9}",
            "1 to 10 names of variables with commas between, none of which steers programs",
            "Provider pkcs11: variables that the HSM's library reads, such as SOFTHSM2_CONF. The"
                + " vault's environment is otherwise empty; up hands on its own."));
  }

  private static List<Setting> kms(String key) {
    return List.of(
        form(
            key + ".aws-kms.key",
            "arn:aws[a-z-]{0,20}:kms:[a-z0-9-]{4,30}:[0-9]{12}:key/[A-Za-z0-9-]{4,60}",
            "the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID",
            "Provider aws-kms: the symmetric key, by its own ARN and not an alias's."),
        url(
            key + ".aws-kms.endpoint",
            "Provider aws-kms: another endpoint than the region's, for instance a VPC's."),
        file(
            key + ".aws-kms.ca",
            "Provider aws-kms: the authorities of the endpoint; without it those of the JDK."),
        secret(key + ".aws-kms.access-key-id", "Provider aws-kms: the access key's id."),
        secret(key + ".aws-kms.secret-access-key", "Provider aws-kms: the secret access key."),
        secret(
            key + ".aws-kms.session-token",
            "Provider aws-kms: the session's token, with short-lived credentials; the files are"
                + " read anew for each call."));
  }

  private static List<Setting> transit(String key) {
    return List.of(
        url(
            key + ".transit.url",
            "Provider transit: the server, https unless it is on this machine."),
        form(key + ".transit.mount", NAME, NAMES, "Provider transit: where the engine is mounted.")
            .or("transit"),
        form(
            key + ".transit.key",
            "[A-Za-z0-9][A-Za-z0-9_-]{0,99}",
            "1 to 100 letters, digits and _ -",
            "Provider transit: the key's name; a type with associated data, such as"
                + " aes256-gcm96."),
        text(key + ".transit.namespace", "Provider transit: the namespace, where there are some."),
        secret(
            key + ".transit.token",
            "Provider transit: a token that may encrypt and decrypt with the key; the file is read"
                + " anew for each call, and a renewable token is renewed."),
        file(
            key + ".transit.ca",
            "Provider transit: the server's authorities; without it those of the JDK."));
  }
}
