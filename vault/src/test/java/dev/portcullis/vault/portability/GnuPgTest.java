package dev.portcullis.vault.portability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** GnuPG at the other end, as most processors have it. */
class GnuPgTest {

  private static final String TEXT = "{\"id\":\"old_1\"}\n".repeat(2_000);
  private static final SecureRandom RANDOM = new SecureRandom();

  private Path home;

  @BeforeEach
  void gpg() throws IOException {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/gpg")), "skipped: there is no GnuPG (/usr/bin/gpg)");
    // A socket's path has to be short, which a test's own folder is not everywhere.
    home =
        Files.createTempDirectory(
            Path.of("/tmp"),
            "gpg",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @AfterEach
  void stop() throws IOException {
    run("gpgconf", "--homedir", home.toString(), "--kill", "all");
    try (var files = Files.walk(home)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private String gpg(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("gpg", "--homedir", home.toString()));
    command.addAll(List.of("--batch", "--yes", "--no-tty", "--pinentry-mode", "loopback"));
    command.addAll(List.of("--passphrase", "", "--trust-model", "always"));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  @Test
  void whatItEncryptsIsRead() throws IOException {
    VaultKeys.Generated ours = VaultKeys.generate(Instant.parse("2024-01-01T00:00:00Z"));
    Path key = Files.writeString(home.resolve("vault.asc"), Armour.of(ours.ring()));
    gpg("--import", key.toString());
    Path text = Files.writeString(home.resolve("cards.jsonl"), TEXT);
    for (String[] way :
        new String[][] {{}, {"--armor"}, {"--compress-algo", "bzip2"}, {"--cipher-algo", "AES"}}) {
      List<String> arguments = new ArrayList<>(List.of(way));
      Path file = home.resolve("cards.pgp");
      arguments.addAll(
          List.of("--recipient", ours.fingerprint(), "--output", file.toString(), "--encrypt"));
      arguments.add(text.toString());
      gpg(arguments.toArray(String[]::new));
      EncryptedFile read =
          EncryptedFile.open(new ByteArrayInputStream(Files.readAllBytes(file)), keys(ours));
      assertThat(new String(read.plaintext().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(TEXT);
      read.finish();
    }
  }

  private static EncryptedFile.Keys keys(VaultKeys.Generated ours) {
    return id -> {
      try {
        return Optional.of(ours.secret().getSecretKey(id).extractKeyPair(null));
      } catch (PGPException e) {
        throw new IOException(e);
      }
    };
  }

  @Test
  void whatIsExportedItDecryptsAndFindsSignedByTheVault() throws IOException, PGPException {
    gpg("--quick-generate-key", "Processor <keys@processor.example>", "rsa2048", "encr,sign");
    String key = gpg("--armor", "--export", "keys@processor.example");
    Recipient recipient =
        Recipient.read(
            key.getBytes(StandardCharsets.US_ASCII), Instant.parse("2026-12-31T00:00:00Z"));
    VaultKeys.Generated ours = VaultKeys.generate(Instant.parse("2024-01-01T00:00:00Z"));
    gpg(
        "--import",
        Files.writeString(home.resolve("vault.asc"), Armour.of(ours.ring())).toString());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (EncryptedPart part =
        EncryptedPart.open(
            file,
            recipient.encryptionKey(),
            signing(ours.secret()),
            "cards.jsonl",
            Instant.parse("2024-02-01T00:00:00Z"),
            RANDOM)) {
      part.write(TEXT.getBytes(StandardCharsets.UTF_8));
    }
    Path part = Files.write(home.resolve("part.pgp"), file.toByteArray());
    Path out = home.resolve("out.jsonl");
    String said = gpg("--status-fd", "1", "--output", out.toString(), "--decrypt", part.toString());
    assertThat(Files.readString(out)).isEqualTo(TEXT);
    assertThat(said).contains("GOODSIG", "GOODMDC");
  }

  private static PGPKeyPair signing(PGPSecretKeyRing ring) throws PGPException {
    for (PGPSecretKey key : ring) {
      if (!key.isMasterKey() && key.isSigningKey()) {
        return key.extractKeyPair(null);
      }
    }
    throw new IllegalStateException("no key that signs");
  }
}
