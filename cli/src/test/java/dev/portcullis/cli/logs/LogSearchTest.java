package dev.portcullis.cli.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.TestHome;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogSearchTest {

  private static final String A = "req_0355Nb9pE3Qm0aBcDeFgHi";
  private static final String B = "req_0355Nb9pE3Qm0jKlMnOpQr";

  /** The vault knows cards and requests, not what they pay. */
  @Test
  void whatNamesAPaymentLeadsToItsRequestsInAllZones() throws IOException {
    try (TestHome test = new TestHome()) {
      Home home = test.home();
      write(
          home,
          Zone.GATEWAY,
          line(1, "began", A),
          line(4, "paid pi_1111111111", A),
          line(5, "resolved pi_1111111111", ""),
          line(7, "paid pi_2222222222", B));
      write(home, Zone.VAULT, line(2, "forwarded", A), line(6, "forwarded", B));
      write(home, Zone.SIMULATOR, line(3, "approved", A));

      assertThat(times(home, "pi_1111111111")).containsExactly("1", "2", "3", "4", "5");
      assertThat(times(home, "pi_2222222222")).containsExactly("6", "7");
      assertThat(times(home, A)).containsExactly("1", "2", "3", "4");
      assertThat(times(home, "pi_3333333333")).isEmpty();
    }
  }

  /** Nor may it push out what names the payment itself. */
  @Test
  void aLineCannotHaveEverythingShown() throws IOException {
    try (TestHome test = new TestHome()) {
      Home home = test.home();
      write(home, Zone.GATEWAY, line(1, "paid pi_1111111111", A));
      write(home, Zone.VAULT, line(2, "forwarded", A), line(3, "forwarded", B));
      write(
          home,
          Zone.SIMULATOR,
          line(4, "pi_1111111111", "e"),
          line(5, "pi_1111111111", "req_"),
          line(6, "pi_1111111111", ""));
      assertThat(times(home, "pi_1111111111")).containsExactly("1", "2", "4", "5", "6");

      String[] many = new String[LogSearch.MOST_LINES];
      Arrays.fill(many, line(9, "more", A));
      many[0] = line(1, "paid pi_1111111111", A);
      write(home, Zone.GATEWAY, many);
      assertThat(times(home, "pi_1111111111"))
          .hasSize(LogSearch.MOST_LINES)
          .startsWith("1", "4", "5", "6", "9");
    }
  }

  private static List<String> times(Home home, String name) {
    return new LogSearch(home).find(name).stream().map(LogSearch.Line::time).toList();
  }

  private static String line(int time, String message, String request) {
    return "{\"time\":\"%d\",\"message\":\"%s\",\"request\":\"%s\"}"
        .formatted(time, message, request);
  }

  private static void write(Home home, Zone zone, String... lines) throws IOException {
    Path log = home.log(zone);
    Files.createDirectories(log.resolveSibling(""));
    Files.write(log, List.of(lines));
  }
}
