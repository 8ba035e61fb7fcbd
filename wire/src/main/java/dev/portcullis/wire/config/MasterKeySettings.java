package dev.portcullis.wire.config;

import static dev.portcullis.wire.config.Setting.choice;
import static dev.portcullis.wire.config.Setting.form;
import static dev.portcullis.wire.config.Setting.secret;

import java.util.List;
import java.util.stream.Stream;

/** Where the vault's master key lives, and an older one's place while data keys move over. */
final class MasterKeySettings {

  private static final List<String> PROVIDERS = List.of("file", "sealed");

  static final List<Setting> LIST =
      Stream.of(
              List.of(
                  choice(
                          "master-key.provider",
                          PROVIDERS,
                          "Where the key lives that wraps the data keys: in a file (a sandbox's),"
                              + " or sealed under custodians' shares.")
                      .or("file")),
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
    return List.of(
        secret(key, "Provider file: the key, 32 bytes in base64."),
        form(
                key + ".sealed.name",
                "[a-z0-9][a-z0-9-]{0,39}",
                "1 to 40 lower-case letters, digits, dashes",
                "Provider sealed: the key's name in the vault's database.")
            .or("1"));
  }
}
