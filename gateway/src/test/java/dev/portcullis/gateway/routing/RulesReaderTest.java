package dev.portcullis.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.error.ApiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a document may say, and which member is named when it says something else. */
class RulesReaderTest {

  private static final Set<String> KNOWN = Set.of("a", "b");
  private static final String DEFAULT = ", 'default': {'providers': ['a']}}";

  private static Rules read(String json) {
    return RulesReader.read(json.replace('\'', '"'), KNOWN::contains);
  }

  private static void refused(String json, String param) {
    assertThatThrownBy(() -> read(json))
        .as(json)
        .isInstanceOfSatisfying(
            ApiException.class,
            refused -> {
              assertThat(refused.error().status()).isEqualTo(400);
              assertThat(refused.error().param()).isEqualTo(param);
              assertThat(refused.error().message()).contains(param);
            });
  }

  @Test
  void nothingIsTriedAgainLaterUnlessTheDocumentAsksForIt() {
    String asking = ", 'retry_later': {'attempts': 4, 'days': 14}}";
    assertThat(read("{'default': {'providers': ['a']}}").retryLater()).isNull();
    assertThat(read("{'default': {'providers': ['a']}" + asking).retryLater())
        .isEqualTo(new RetryLater(4, 14));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | document",
        "{'default': | document",
        "{} | default",
        "{'default': {'providers': ['a']}, 'extra': 1} | extra",
        "{'default': {'providers': []}} | default[providers]",
        "{'default': {'providers': ['c']}} | default[providers][0]",
        "{'default': {'providers': ['a', 'a']}} | default[providers][1]",
        "{'default': {}} | default",
        "{'default': {'provider': ['a']}} | default[provider]",
        "{'default': {'providers': ['a'], 'least_cost': ['a']}} | default[least_cost]",
        "{'default': {'split': [{'provider': 'a', 'weight': 99}]}} | default[split]",
        "{'default': {'split': [{'provider': 'a', 'weight': 0}]}} | default[split][0][weight]",
        "{'default': {'split': [{'provider': 'a'}]}} | default[split][0][weight]",
        "{'default': {'success_rate': {'providers': ['a'], 'exploration_percent': 0}}}"
            + " | default[success_rate][exploration_percent]",
        "{'default': {'providers': ['a']}, 'costs': {'c': []}} | costs[c]",
        "{'default': {'providers': ['a']}, 'costs': {'a': [{'fixed': 1}]}}"
            + " | costs[a][0][basis_points]",
        "{'default': {'providers': ['a']}, 'costs': {'a': [{'basis_points': 1, 'fixed': 1}]}}"
            + " | costs[a][0][currency]",
        "{'default': {'providers': ['a']}, 'costs': {'a': [{'basis_points': 1.5}]}}"
            + " | costs[a][0][basis_points]",
        "{'default': {'providers': ['a']}, 'costs': {'a': [{'basis_points': 1},"
            + " {'brand': ['visa'], 'basis_points': 2}]}} | costs[a][1]",
        "{'default': {'providers': ['a']}, 'retry_later': true} | retry_later",
        "{'default': {'providers': ['a']}, 'retry_later': {}} | retry_later[attempts]",
        "{'default': {'providers': ['a']}, 'retry_later': {'attempts': 4}} | retry_later[days]",
        "{'default': {'providers': ['a']}, 'retry_later': {'attempts': 0, 'days': 1}}"
            + " | retry_later[attempts]",
        "{'default': {'providers': ['a']}, 'retry_later': {'attempts': 7, 'days': 1}}"
            + " | retry_later[attempts]",
        "{'default': {'providers': ['a']}, 'retry_later': {'attempts': 1, 'days': 31}}"
            + " | retry_later[days]",
        "{'default': {'providers': ['a']}, 'retry_later': {'attempts': 1, 'days': 1, 'on': true}}"
            + " | retry_later[on]",
      })
  void aFaultIsNamedByItsPath(String json, String param) {
    refused(json, param);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'currency': ['EUR']} | [currency][0]",
        "{'currency': ['eur', 'eur']} | [currency][1]",
        "{'amount': {'min': 1}} | [amount][currency]",
        "{'amount': {'currency': 'eur', 'min': 5, 'max': 4}} | [amount][max]",
        "{'amount': {'currency': 'eur', 'min': -1}} | [amount][min]",
        "{'brand': ['visa', 'master']} | [brand][1]",
        "{'bin': ['4x']} | [bin][0]",
        "{'issuing_country': ['de']} | [issuing_country][0]",
        "{'issuing_region': ['mars']} | [issuing_region][0]",
        "{'metadata': {}} | [metadata]",
        "{'metadata': {'tier': 'gold'}} | [metadata][tier]",
        "{'time': {'zone': 'Mars/Base'}} | [time][zone]",
        "{'time': {'zone': 'Europe/Berlin', 'days': ['monday']}} | [time][days][0]",
        "{'time': {'zone': 'Europe/Berlin', 'from': '25:00', 'to': '08:00'}} | [time][from]",
        "{'time': {'zone': 'Europe/Berlin', 'from': '08:00', 'to': '08:00'}} | [time][to]",
        "{'time': {'zone': 'Europe/Berlin', 'from': '08:00'}} | [time][to]",
        "{'off_session': 'yes'} | [off_session]",
        "{'weather': ['rain']} | [weather]",
      })
  void aConditionsFaultIsNamedToo(String when, String path) {
    refused(
        "{'rules': [{'name': 'one', 'when': " + when + ", 'to': {'providers': ['a']}}]" + DEFAULT,
        "rules[0][when]" + path);
  }

  @Test
  void whatIsNeverReachedIsRefused() {
    String all = "{'name': 'all', 'to': {'providers': ['a']}}";
    String eur = "{'name': 'eur', 'when': {'currency': ['eur']}, 'to': {'providers': ['a']}}";
    refused("{'rules': [" + all + ", " + eur + "]" + DEFAULT, "rules[1]");
    refused(
        "{'rules': [" + eur + ", " + eur.replace("eur'", "eur'") + "]" + DEFAULT, "rules[1][name]");
    refused(
        "{'rules': ["
            + eur
            + ", "
            + eur.replace("'name': 'eur'", "'name': 'again'")
            + "]"
            + DEFAULT,
        "rules[1]");
    assertThat(read("{'rules': [" + eur + ", " + all + "]" + DEFAULT).rules()).hasSize(2);
  }

  @Test
  void aDocumentIsBounded() {
    StringBuilder many = new StringBuilder();
    for (int n = 0; n <= Rules.MOST_RULES; n++) {
      many.append(n == 0 ? "" : ",")
          .append("{'name': 'r" + n + "', 'when': {'bin': ['" + n + "']},")
          .append("'to': {'providers': ['a']}}");
    }
    refused("{'rules': [" + many + "]" + DEFAULT, "rules");
    refused("{'default': {'providers': ['" + "a".repeat(Rules.MOST_BYTES) + "']}}", "document");
  }

  @Test
  void timesGoOverMidnightOfTheZone() {
    ZoneId tokyo = ZoneId.of("Asia/Tokyo");
    Condition night =
        new Condition.Within(
            tokyo, Set.of(DayOfWeek.FRIDAY), LocalTime.of(22, 0), LocalTime.of(6, 0));
    // Tokyo is nine hours ahead: Friday 22:00 there is 13:00 in UTC.
    assertThat(night.holds(at("2026-11-27T13:00:00Z"))).isTrue();
    assertThat(night.holds(at("2026-11-27T12:59:59Z"))).isFalse();
    assertThat(night.holds(at("2026-11-27T20:59:59Z"))).as("Saturday 05:59").isTrue();
    assertThat(night.holds(at("2026-11-27T21:00:00Z"))).isFalse();
    assertThat(night.holds(at("2026-11-26T20:00:00Z"))).as("Friday 05:00").isFalse();
  }

  private static Facts at(String time) {
    Facts facts = Payments.of("pi_time", dev.portcullis.kit.Money.of(1, "eur"));
    return new Facts(
        facts.payment(),
        1,
        Instant.parse(time),
        facts.amount(),
        facts.card(),
        null,
        facts.metadata(),
        facts.terms());
  }

  @Test
  void theDocumentationsExamplesAreRead() throws IOException {
    String page = Files.readString(Path.of("../docs/ROUTING.md"));
    Matcher blocks = Pattern.compile("(?s)```json\n(.*?)```").matcher(page);
    List<Rules> read = new ArrayList<>();
    while (blocks.find()) {
      read.add(RulesReader.read(blocks.group(1), Set.of("adyen_eu", "stripe_main")::contains));
    }
    assertThat(read).hasSize(3);
    assertThat(read.getLast().retryLater()).isEqualTo(new RetryLater(4, 14));
    assertThat(read.getFirst().rules()).hasSize(4);
    assertThat(page)
        .contains(String.valueOf(Rules.MOST_RULES))
        .contains(String.valueOf(ObservedRates.WINDOW.toHours()));
    for (Region region : Region.values()) {
      assertThat(page).contains("`" + region.wire() + "`");
    }
  }
}
