package dev.portcullis.vault.portability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.openpgp.PGPException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vault has little memory, however large a file is: with the long figure, the largest one. */
class LargeFileTest {

  private static final int ROWS =
      Boolean.getBoolean("portcullis.long") ? (int) FirstLook.MOST_ROWS : 20_000;

  /** 16 bytes for each id, twice while they are laid anew, and what reading takes. */
  private static final long MOST_BYTES = 40L << 20;

  @Test
  void readingAFileTakesLittleMemory(@TempDir Path folder) throws IOException {
    VaultKeys.Generated ours = VaultKeys.generate(Instant.parse("2024-01-01T00:00:00Z"));
    Path file = folder.resolve("cards.pgp");
    Files.write(
        file,
        PgpFiles.to(Armour.of(ours.ring()))
            .of(
                out -> {
                  for (int n = 0; n < ROWS; n++) {
                    out.write(
                        "{\"id\":\"card_%d\",\"number\":\"4242424242424242\",\"exp_month\":9,\"exp_year\":2034}\n"
                            .formatted(n)
                            .getBytes(StandardCharsets.US_ASCII));
                  }
                }));
    EncryptedFile.Keys keys =
        id -> {
          try {
            return Optional.of(ours.secret().getSecretKey(id).extractKeyPair(null));
          } catch (PGPException e) {
            throw new IOException(e);
          }
        };
    long before = used();
    long rows = 0;
    long most = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      EncryptedFile opened = EncryptedFile.open(in, keys);
      CardRows read = new CardRows(opened.plaintext());
      RowRules rules = new RowRules("digest");
      CardRows.Row row = read.next();
      while (row != null) {
        assertThat(rules.judge(row)).isInstanceOf(RowRules.Verdict.Card.class);
        if (++rows % (ROWS / 4) == 0) {
          most = Math.max(most, used() - before);
        }
        row = read.next();
      }
      opened.finish();
    }
    assertThat(rows).isEqualTo(ROWS);
    assertThat(most).isLessThan(MOST_BYTES);
    System.getLogger("test")
        .log(System.Logger.Level.INFO, "{0} rows took {1} KiB", ROWS, most >> 10);
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
