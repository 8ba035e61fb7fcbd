package dev.portcullis.cli.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.TestHome;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogSearchTest {

  /** The vault knows cards and requests, not what they pay. */
  @Test
  void whatNamesAPaymentLeadsToItsRequestsInAllZones() throws IOException {
    try (TestHome test = new TestHome()) {
      Home home = test.home();
      write(
          home,
          Zone.GATEWAY,
          "{\"time\":\"1\",\"message\":\"began\",\"request\":\"req_aaaaaaaaaa\"}",
          "{\"time\":\"4\",\"message\":\"paid\",\"payment\":\"pi_1111111111\",\"request\":\"req_aaaaaaaaaa\"}",
          "{\"time\":\"5\",\"message\":\"resolved pi_1111111111\"}",
          "{\"time\":\"7\",\"message\":\"paid\",\"payment\":\"pi_2222222222\",\"request\":\"req_bbbbbbbbbb\"}");
      write(
          home,
          Zone.VAULT,
          "{\"time\":\"2\",\"message\":\"forwarded\",\"request\":\"req_aaaaaaaaaa\"}",
          "{\"time\":\"6\",\"message\":\"forwarded\",\"request\":\"req_bbbbbbbbbb\"}");
      write(
          home,
          Zone.SIMULATOR,
          "{\"time\":\"3\",\"message\":\"approved\",\"request\":\"req_aaaaaaaaaa\"}");

      assertThat(times(home, "pi_1111111111")).containsExactly("1", "2", "3", "4", "5");
      assertThat(times(home, "pi_2222222222")).containsExactly("6", "7");
      assertThat(times(home, "req_aaaaaaaaaa")).containsExactly("1", "2", "3", "4");
      assertThat(times(home, "pi_3333333333")).isEmpty();
    }
  }

  private static List<String> times(Home home, String name) {
    return new LogSearch(home).find(name).stream().map(LogSearch.Line::time).toList();
  }

  private static void write(Home home, Zone zone, String... lines) throws IOException {
    Path log = home.log(zone);
    Files.createDirectories(log.resolveSibling(""));
    Files.write(log, List.of(lines));
  }
}
