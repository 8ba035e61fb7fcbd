package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Base62;
import dev.portcullis.kit.Luhn;
import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.FileMasterKey;
import dev.portcullis.vault.crypto.FingerprintKeys;
import dev.portcullis.vault.crypto.Fingerprints;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.vault.crypto.Owner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody has the vault's database and its folder, all but the master key, and the digits of a
 * card that are not secret: its BIN and its last four (PCI DSS 3.5.1.1). There are a thousand
 * numbers that it could be.
 */
class StolenCopyTest {

  private static final String MASTER_KEY = "master-key";
  private static final Pattern BASE64 =
      Pattern.compile("(?:[0-9A-Za-z+/]{4})+(?:[0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?");

  private static TestDatabase database;
  private static RunningVault vault;

  @BeforeAll
  static void start(@TempDir Path home) {
    database = TestDatabase.fresh("stolen");
    vault = new RunningVault(home, database);
    assertThat(
            vault
                .post("/v1/payment_methods", vault.secretKey, RunningVault.card(RunningVault.VISA))
                .status())
        .isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  /** With whatever stands there for a key. */
  @Test
  void noNumberCanBeTried() throws Exception {
    Set<String> stored = texts();
    for (byte[] key : keys()) {
      assertThat(numbersFound(key, stored)).isEmpty();
    }
    for (String candidate : candidates()) {
      for (String algorithm : List.of("SHA-256", "SHA-1", "MD5", "SHA-512")) {
        byte[] hash = MessageDigest.getInstance(algorithm).digest(ascii(candidate));
        assertThat(stored)
            .doesNotContain(
                Base62.encode(hash),
                Base62.encode(Arrays.copyOf(hash, 16)),
                HexFormat.of().formatHex(hash),
                Base64.getEncoder().encodeToString(hash));
      }
    }
  }

  /** The same with the master key, so that the search is known to find. */
  @Test
  void withTheMasterKeyItCould() throws Exception {
    SecretAccess access = SecretAccess.insecureGrant();
    byte[] master =
        Base64.getDecoder()
            .decode(Files.readString(vault.home.resolve("secrets").resolve(MASTER_KEY)));
    DataKeys keys =
        new DataKeys(
            database.app(),
            MasterKeys.only(new FileMasterKey(Secret.ofBytes(master), access)),
            vault.clock,
            new SecureRandom());
    List<Fingerprints> live =
        new FingerprintKeys(database.app(), keys, new SecureRandom(), vault.clock).live();
    assertThat(numbersFound(live.getFirst(), texts())).containsExactly(RunningVault.VISA);
  }

  private static Set<String> numbersFound(byte[] key, Set<String> stored) {
    return numbersFound(new Fingerprints(1, Arrays.copyOf(key, Math.max(32, key.length))), stored);
  }

  private static Set<String> numbersFound(Fingerprints fingerprints, Set<String> stored) {
    Set<String> found = new TreeSet<>();
    Owner owner = new Owner(vault.account, false);
    for (String candidate : candidates()) {
      if (stored.contains(fingerprints.ofCard(owner, ascii(candidate)))) {
        found.add(candidate);
      }
    }
    return found;
  }

  /** Every number with the digits that are known, and a right check digit. */
  private static List<String> candidates() {
    List<String> all = new ArrayList<>();
    for (int middle = 0; middle < 10_000; middle++) {
      String number =
          RunningVault.VISA.substring(0, 8)
              + "%04d".formatted(middle)
              + RunningVault.VISA.substring(12);
      if (Luhn.isValid(number)) {
        all.add(number);
      }
    }
    assertThat(all).hasSize(1_000).contains(RunningVault.VISA);
    return all;
  }

  /** Every value of every row, as text. */
  private static Set<String> texts() throws SQLException {
    Set<String> texts = new HashSet<>();
    try (Connection connection = database.owner().getConnection();
        Statement statement = connection.createStatement()) {
      for (String table : tables(statement)) {
        try (ResultSet rows = statement.executeQuery("select * from " + table)) {
          while (rows.next()) {
            for (int at = 1; at <= rows.getMetaData().getColumnCount(); at++) {
              String text = rows.getString(at);
              if (text != null) {
                texts.add(text);
              }
            }
          }
        }
      }
    }
    assertThat(texts).contains(vault.account);
    return texts;
  }

  private static List<String> tables(Statement statement) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery("select tablename from pg_tables where schemaname = 'public'")) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    assertThat(tables).contains("card", "card_match", "fingerprint_key", "data_key");
    return tables;
  }

  /** Whatever could be a key: each value, each file and each of its lines, also decoded. */
  private static List<byte[]> keys() throws IOException, SQLException {
    Set<String> texts = texts();
    try (Stream<Path> files = Files.walk(vault.home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.getFileName().toString().equals(MASTER_KEY)) {
          texts.addAll(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    List<byte[]> keys = new ArrayList<>();
    for (String text : texts) {
      keys.add(text.getBytes(StandardCharsets.UTF_8));
      decoded(text, keys);
    }
    return keys;
  }

  private static void decoded(String text, List<byte[]> keys) {
    String value = text.substring(text.indexOf('=') + 1).strip();
    if (text.startsWith("\\x")) {
      keys.add(HexFormat.of().parseHex(text.substring(2)));
    } else if (BASE64.matcher(value).matches()) {
      keys.add(Base64.getDecoder().decode(value));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
