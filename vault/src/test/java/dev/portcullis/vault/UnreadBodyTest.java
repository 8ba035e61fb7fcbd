package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A body that is answered without being read to its end is never taken for the next request (RFC
 * 9112, section 11): behind an edge that would be somebody else's, with fields that the edge takes
 * away.
 */
class UnreadBodyTest {

  private static final int PATIENCE_MILLIS = 20_000;
  private static final int DISCARDED = 4 << 20;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3})");
  private static final String CARD =
      "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040";

  private static RunningVault vault;
  private static String inner;

  @BeforeAll
  static void start(@TempDir Path home) throws IOException {
    vault = new RunningVault(home);
    ApiKey key = ApiKey.generate(KeyKind.RESTRICTED, false, new SecureRandom());
    vault.push("key_unread", 1, key, false, Map.of("scopes", List.of("payment_method_write")));
    inner =
        "POST /v1/payment_methods HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + key.text()
            + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
            + CARD.length()
            + "\r\n\r\n"
            + CARD;
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  private static long cards() {
    return Long.parseLong(
        vault.database.query("select count(*) from card where account = '" + vault.account + "'"));
  }

  private static String head(int length, String more) {
    return "POST /v1/tokens HTTP/1.1\r\nHost: localhost\r\n"
        + "Content-Type: application/x-www-form-urlencoded\r\n"
        + more
        + "Content-Length: "
        + length
        + "\r\n\r\n";
  }

  /** All statuses that came until the vault closed the connection. */
  private static List<String> talk(String text) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", vault.ports().cards())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      Thread writer = Thread.ofVirtual().start(() -> write(socket, text));
      StringBuilder got = new StringBuilder();
      try {
        InputStream in = socket.getInputStream();
        byte[] part = new byte[1 << 13];
        for (int read = in.read(part); read >= 0; read = in.read(part)) {
          got.append(new String(part, 0, read, StandardCharsets.ISO_8859_1));
        }
      } catch (java.net.SocketTimeoutException e) {
        throw new AssertionError("the connection was left open after " + got, e);
      } catch (IOException e) {
        got.append("reset"); // what was not read takes the rest of the connection with it
      }
      writer.join();
      return STATUS.matcher(got).results().map(found -> found.group(1)).toList();
    }
  }

  private static void write(Socket socket, String text) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    } catch (IOException e) {
      // The vault has had enough of it.
      assertThat(e).isNotNull();
    }
  }

  @Test
  void whatIsAskedForByItselfIsDone() throws Exception {
    long before = cards();
    assertThat(talk(inner.replace("Host:", "Connection: close\r\nHost:"))).containsExactly("200");
    assertThat(cards()).isEqualTo(before + 1);
  }

  @Test
  void aBodyThatWaitsToBeAskedForIsNoRequest() throws Exception {
    long before = cards();
    assertThat(talk(head(inner.length(), "Expect: 100-continue\r\n") + inner))
        .containsExactly("401");
    assertThat(cards()).isEqualTo(before);
  }

  @Test
  void whatStandsBehindAllThatIsThrownAwayIsNoRequest() throws Exception {
    long before = cards();
    for (int more = -1; more <= 1; more++) {
      String padding = "a".repeat(DISCARDED + more);
      assertThat(talk(head(padding.length() + inner.length(), "") + padding + inner))
          .hasSizeLessThanOrEqualTo(1);
    }
    assertThat(cards()).isEqualTo(before);
  }
}
