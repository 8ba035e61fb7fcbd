package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.Receiver.Reply;
import dev.portcullis.gateway.pages.PageWatch;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** In which order pages are looked at, and how much of the time one of them can take. */
class PageTurnsTest {

  private static final Edge EDGE = new Edge();
  private static final Receiver SHOP = new Receiver();
  private static final Gateway GATEWAY = new Gateway(EDGE.url(), "http://127.0.0.1:1");
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);

  @BeforeAll
  static void start() throws SQLException {
    EDGE.behind = GATEWAY.base;
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    List<String> accounts = new ArrayList<>(List.of("acct_slow", "acct_quick", "acct_failing"));
    IntStream.range(0, 12).mapToObj(i -> "acct_many" + i).forEach(accounts::add);
    for (String account : accounts) {
      GATEWAY.database.execute("INSERT INTO accounts (id) VALUES ('" + account + "')");
    }
    round();
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
    EDGE.close();
    SHOP.close();
  }

  @AfterEach
  void forget() {
    SHOP.reply(request -> Reply.of(200));
    for (Map<String, @Nullable Object> each : call("GET", "watched_pages", null).data()) {
      if (each.get("account") != null) {
        call("DELETE", "watched_pages/" + each.get("id"), null);
      }
    }
  }

  private static int round() {
    return GATEWAY.context.getBean(PageWatch.class).round();
  }

  private static Answer call(String method, String path, @Nullable Map<String, ?> body) {
    return PEOPLE.call(method, path, PEOPLE.token("margaret"), body);
  }

  private static String watch(String account, String path) {
    Answer watched =
        call("POST", "watched_pages", Map.of("url", SHOP.url(path), "account", account));
    assertThat(watched.status()).as(watched.text()).isEqualTo(200);
    return watched.string("id");
  }

  private static void eachLookTakes(Duration time) {
    SHOP.reply(
        request -> {
          GATEWAY.clock.advance(time);
          return new Reply(200, Map.of(), "<p>" + URI.create(request.path()) + "</p>");
        });
  }

  private static boolean isLookedAt(String path) {
    return !SHOP.at(path).isEmpty();
  }

  @Test
  void ourOwnPagesComeFirstHoweverManyOthersAreDueForLonger() {
    for (int i = 0; i < 3; i++) {
      watch("acct_slow", "/first" + i);
    }
    GATEWAY.clock.advance(Duration.ofHours(7));
    List<Integer> own = new CopyOnWriteArrayList<>();
    EDGE.asked.clear();
    SHOP.reply(
        request -> {
          own.add(EDGE.asked.size());
          return Reply.of(200);
        });
    assertThat(round()).isGreaterThan(3);
    assertThat(own).as("what ours were asked before any merchant's").hasSize(3);
    assertThat(own.getFirst()).isPositive().isEqualTo(own.getLast());
  }

  @Test
  void anAccountWhosePagesAreSlowWaitsAndTheOthersDoNot() {
    for (int i = 0; i < 5; i++) {
      watch("acct_slow", "/slow" + i);
    }
    GATEWAY.clock.advance(Duration.ofSeconds(1));
    watch("acct_quick", "/quick");
    eachLookTakes(Duration.ofSeconds(35));
    round();
    assertThat(IntStream.range(0, 5).filter(i -> isLookedAt("/slow" + i)).count())
        .as("a minute of it")
        .isEqualTo(2);
    assertThat(isLookedAt("/quick")).isTrue();
    round();
    round();
    assertThat(IntStream.range(0, 5).filter(i -> isLookedAt("/slow" + i)).count()).isEqualTo(5);
  }

  @Test
  void aRoundEndsSoThatWhatThisReleaseServesIsSaidAgain() {
    for (int i = 0; i < 12; i++) {
      watch("acct_many" + i, "/many" + i);
    }
    eachLookTakes(Duration.ofSeconds(55));
    round();
    assertThat(IntStream.range(0, 12).filter(i -> isLookedAt("/many" + i)).count())
        .as("five minutes of it")
        .isEqualTo(6);
  }

  @Test
  void whatCannotBeGotIsTriedLessAndLessOften() {
    watch("acct_failing", "/failing");
    SHOP.reply(request -> Reply.of(503));
    for (int i = 0; i < 12 * 24; i++) {
      GATEWAY.clock.advance(Duration.ofMinutes(5));
      round();
    }
    assertThat(SHOP.at("/failing")).as("in a day").hasSizeBetween(8, 14);
  }

  /** Accounts beside those that there are, each with the key of its hosted pages. */
  private static void accounts(int number) {
    assertThat(
            JdbcClient.create(GATEWAY.database.everything())
                .sql(
                    "INSERT INTO page_keys (account, livemode, id, version, created)"
                        + " SELECT 'acct_n' || n, false, 'page_key', 1, now()"
                        + " FROM generate_series(1, ?) AS n")
                .param(number)
                .update())
        .isEqualTo(number);
  }

  private static long told() {
    return GATEWAY.database.number(
        "SELECT count(*) FROM page_changes WHERE account LIKE 'acct_n%'");
  }

  @Test
  void ofOurOwnPagesEverybodyIsToldSomeHundredsAtATimeThoughThePageIsBackMeanwhile() {
    accounts(1_200);
    EDGE.change = passed -> passed.header("referrer-policy", "unsafe-url");
    Answer checked = call("POST", "watched_pages/payment/check", Map.of());
    EDGE.change = UnaryOperator.identity();
    assertThat(checked.string("status")).isEqualTo("changed");
    assertThat(told()).isBetween(400L, 500L);
    call("POST", "watched_pages/payment/check", Map.of());
    GATEWAY.clock.advance(Duration.ofMinutes(1));
    round();
    assertThat(told()).isEqualTo(1_200);
    GATEWAY.clock.advance(Duration.ofMinutes(1));
    round();
    assertThat(told()).as("once").isEqualTo(1_200);
  }
}
