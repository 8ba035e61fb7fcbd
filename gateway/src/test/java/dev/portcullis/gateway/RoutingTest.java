package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.provider.ProviderAccounts;
import dev.portcullis.gateway.routing.Candidate;
import dev.portcullis.gateway.routing.Decision;
import dev.portcullis.gateway.routing.Facts;
import dev.portcullis.gateway.routing.Routing;
import dev.portcullis.gateway.routing.Tenant;
import dev.portcullis.kit.Ids;
import dev.portcullis.kit.Money;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Rules through administration, the decisions that they lead to, and replays of these. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RoutingTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);
  private static final Tenant TENANT = new Tenant("acct_first", false);
  private static final Ids IDS = new Ids(GATEWAY.clock, new SecureRandom());
  private static final String BY_COUNTRY =
      """
      {"rules": [
        {"name": "german", "when": {"issuing_country": ["DE"]}, "to": {"providers": ["beta"]}},
        {"name": "gold", "when": {"metadata": {"tier": ["gold"]}},
         "to": {"split": [{"provider": "alpha", "weight": 50}, {"provider": "beta", "weight": 50}]}}],
       "default": {"providers": ["alpha"]},
       "costs": {"alpha": [{"basis_points": 290, "fixed": 30, "currency": "eur"}],
                 "beta": [{"basis_points": 100, "fixed": 10, "currency": "eur"}]}}
      """;
  private static String token = "";

  @BeforeAll
  static void signIn() {
    PEOPLE.enroll(GATEWAY.setupCode, "ada");
    token = PEOPLE.token("ada");
    for (String name : List.of("alpha", "beta")) {
      ok(post("providers", Map.of("name", name, "connector", "sandbox")));
    }
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static Gateway.Answer post(String path, Map<String, ?> body) {
    Map<String, Object> all = new HashMap<>(body);
    all.put("account", TENANT.account());
    return PEOPLE.call("POST", path, token, all);
  }

  private static Gateway.Answer get(String path) {
    return PEOPLE.call(
        "GET", path + (path.contains("?") ? "&" : "?") + "account=acct_first", token, null);
  }

  private static Map<String, ?> ok(Gateway.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.body();
  }

  private static long proposed(String document) {
    Object version = ok(post("routing/propose", Map.of("document", document))).get("version");
    return (Long) Objects.requireNonNull(version);
  }

  private static Gateway.Answer activate(long version, long expected) {
    return post("routing/activate", Map.of("version", version, "expected", expected));
  }

  private static long active() {
    return (Long) Objects.requireNonNull(ok(get("routing")).get("active"));
  }

  private static List<Candidate> candidates() {
    return GATEWAY.context.getBean(ProviderAccounts.class).list("acct_first", false).stream()
        .map(Candidate::of)
        .toList();
  }

  private static Decision decide(Facts facts) {
    Routing.Routed routed =
        GATEWAY.context.getBean(Routing.class).decide(TENANT, candidates(), facts);
    routed.ended(new ProviderResult.Approved("ref", Details.NONE), Duration.ofMillis(5));
    return routed.decision();
  }

  private static Facts facts(String payment, int number) {
    String country = List.of("DE", "FR", "US").get(number % 3);
    return new Facts(
        payment,
        1,
        GATEWAY.clock.instant(),
        Money.of(1_000 + number % 7, "eur"),
        new Facts.Card("visa", "400000", "debit", country, null),
        "SE",
        number % 2 == 0 ? Map.of("tier", "gold") : Map.of(),
        new Facts.Terms(false, true, false));
  }

  /** Stores so many decisions by the rules that are active, a tenth of them declined. */
  private static List<Decision> pay(int payments) {
    Journal journal = GATEWAY.context.getBean(Journal.class);
    List<Decision> made = new ArrayList<>();
    Instant now = GATEWAY.clock.instant();
    int each = 250;
    for (int from = 0; from < payments; from += each) {
      Change.Builder change = Change.in(TENANT.account(), false);
      for (int n = from; n < Math.min(from + each, payments); n++) {
        Decision decision = decide(facts(IDS.next("pi"), n));
        made.add(decision);
        String operation = IDS.next("op");
        change.write(decision.write(operation, now));
        ProviderResult result =
            n % 10 == 0
                ? new ProviderResult.Declined(DeclineCode.DO_NOT_HONOR, null, Details.NONE)
                : new ProviderResult.Approved("ref", Details.NONE);
        Decision.outcome(operation, result, Duration.ofMillis(200 + n % 100), now)
            .ifPresent(change::write);
      }
      assertThat(journal.commit(change.build())).isInstanceOf(Verdict.Committed.class);
    }
    return made;
  }

  private static Map<String, Long> moves(Gateway.Answer replay) {
    Map<String, Long> moves = new HashMap<>();
    if (ok(replay).get("moves") instanceof List<?> list) {
      for (Object each : list) {
        Map<?, ?> move = (Map<?, ?>) each;
        moves.merge(
            move.get("from") + " " + move.get("to"), (Long) move.get("payments"), Long::sum);
      }
    }
    return moves;
  }

  @Test
  @Order(1)
  void aFaultyDocumentIsRefusedByThePathOfItsMember() {
    Gateway.Answer refused =
        post("routing/check", Map.of("document", "{\"default\": {\"providers\": [\"gamma\"]}}"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error()).containsEntry("param", "default[providers][0]");
    ok(post("routing/check", Map.of("document", BY_COUNTRY)));
    assertThat(active()).isZero();
  }

  @Test
  @Order(2)
  void aVersionRoutesOnceItIsActivatedAndNoSooner() {
    Facts german = facts(IDS.next("pi"), 0);
    long version = proposed(BY_COUNTRY);
    assertThat(decide(german).provider()).isEqualTo("alpha");
    assertThat(activate(version, 9).error()).containsEntry("code", "routing_changed");
    assertThat(activate(version + 7, 0).error()).containsEntry("code", "resource_missing");
    ok(activate(version, 0));
    assertThat(activate(version, 0).status()).as("not as it was seen").isEqualTo(409);
    Decision decision = decide(german);
    assertThat(decision.provider()).isEqualTo("beta");
    assertThat(decision.version()).isEqualTo((int) version);
    ok(post("routing/rollback", Map.of("expected", version)));
    assertThat(active()).isZero();
    assertThat(decide(german).provider()).isEqualTo("alpha");
    ok(post("routing/rollback", Map.of("expected", 0)));
    assertThat(active()).isEqualTo(version);
    assertThat(
            GATEWAY.database.number(
                "SELECT count(*) FROM audit WHERE actor = 'ada' AND account = 'acct_first' AND"
                    + " action IN ('routing.proposed', 'routing.activated',"
                    + " 'routing.rolled_back')"))
        .isEqualTo(4);
  }

  @Test
  @Order(3)
  void aReplayOfTheActiveRulesMovesNothingAndOneOfOthersWhatTheyMove() {
    List<Decision> made = pay(2_000);
    long active = active();
    Map<String, ?> same = ok(get("routing/replay?version=" + active));
    assertThat(same.get("payments")).isEqualTo(2_000L);
    assertThat(same.get("unchanged")).isEqualTo(2_000L);

    String other =
        BY_COUNTRY
            .replace("[\"DE\"]", "[\"FR\"]")
            .replace("50", "30")
            .replace("\"beta\", \"weight\": 30", "\"beta\", \"weight\": 70");
    long version = proposed(other);
    Gateway.Answer replay = get("routing/replay?version=" + version);
    ok(activate(version, active));
    Map<String, Long> expected = new HashMap<>();
    for (Decision before : made) {
      String now = decide(before.facts()).provider();
      if (!now.equals(before.provider())) {
        expected.merge(before.provider() + " " + now, 1L, Long::sum);
      }
    }
    assertThat(expected).hasSize(2);
    assertThat(moves(replay)).as("where they then go").isEqualTo(expected);
    if (!(replay.body().get("total") instanceof Map<?, ?> total
        && total.get("expected") instanceof Map<?, ?> estimate)) {
      throw new AssertionError("no estimate: " + replay.text());
    }
    assertThat(new BigDecimal(String.valueOf(estimate.get("low"))))
        .isLessThan(new BigDecimal(String.valueOf(estimate.get("high"))));
  }

  @Test
  @Order(4)
  void aDecisionIsExplained() throws Exception {
    String payment = IDS.next("pi");
    Decision decision = decide(facts(payment, 2)); // a card from the US, gold
    String operation = IDS.next("op");
    Change.Builder change = Change.in(TENANT.account(), false);
    change.write(decision.write(operation, GATEWAY.clock.instant()));
    assertThat(GATEWAY.context.getBean(Journal.class).commit(change.build()))
        .isInstanceOf(Verdict.Committed.class);
    Gateway.Answer told = get("routing/decisions?payment=" + payment);
    ok(told);
    Map<String, Object> first = new HashMap<>(told.data().getFirst());
    assertThat(first).containsEntry("operation", operation);
    assertThat(first).containsEntry("outcome", null);
    assertThat(String.valueOf(first.get("rules")))
        .contains("name=german, matched=false, failed=issuing_country")
        .contains("name=gold, matched=true");
    assertThat(String.valueOf(first.get("providers"))).contains("a share of 70");
    assertThat(String.valueOf(first.get("facts"))).contains("customer_details={country=SE}");
    assertThat(GATEWAY.database.text("SELECT doc FROM route_decisions WHERE id = ?", operation))
        .as("where the customer is stays sealed")
        .doesNotContain("\"SE\"");
    assertThat(get("routing/decisions?payment=pi_none").status()).isEqualTo(404);
  }

  /** Networks count a card's declines at all providers together, and those of a month. */
  @Test
  @Order(5)
  void declinesOfACardAreCounted() {
    Facts.Card card = new Facts.Card("visa", "400000", "debit", "DE", "fp_counted");
    // PostgreSQL rounds what is finer, maybe up.
    Instant now = GATEWAY.clock.instant().truncatedTo(ChronoUnit.MICROS);
    Tenant live = new Tenant(TENANT.account(), true);
    for (Duration ago : List.of(Duration.ofDays(31), Duration.ofDays(29), Duration.ofHours(1))) {
      stored(live, card, now.minus(ago), "declined");
    }
    stored(live, card, now, "approved");
    stored(live, new Facts.Card("visa", "400000", "debit", "DE", "fp_other"), now, "declined");
    stored(TENANT, card, now, "declined");
    Routing routing = GATEWAY.context.getBean(Routing.class);
    assertThat(routing.declines(live, card, "pi_none", now))
        .extracting(at -> Duration.between(at, now).toHours())
        .containsExactly(1L, 29 * 24L);
    assertThat(routing.declines(TENANT, card, "pi_none", now))
        .as("no network hears of tests")
        .isEmpty();
  }

  private static void stored(Tenant tenant, Facts.Card card, Instant at, String outcome) {
    Facts some = facts(IDS.next("pi"), 1);
    Decision decision =
        decide(new Facts(some.payment(), 1, at, some.amount(), card, null, Map.of(), some.terms()));
    String operation = IDS.next("op");
    ProviderResult result =
        outcome.equals("declined")
            ? new ProviderResult.Declined(DeclineCode.DO_NOT_HONOR, null, Details.NONE)
            : new ProviderResult.Approved("ref", Details.NONE);
    Change.Builder change = Change.in(tenant.account(), tenant.livemode());
    change.write(decision.write(operation, at));
    Decision.outcome(operation, result, null, at).ifPresent(change::write);
    assertThat(GATEWAY.context.getBean(Journal.class).commit(change.build()))
        .isInstanceOf(Verdict.Committed.class);
  }

  @Test
  @Order(6)
  void thatAnOutcomeIsToldTwiceOrOfNothingHarmsNoSettlement() {
    Journal journal = GATEWAY.context.getBean(Journal.class);
    Instant now = GATEWAY.clock.instant();
    for (int n = 0; n < 2; n++) {
      Change.Builder change = Change.in(TENANT.account(), false);
      Decision.outcome("op_of_nothing", new ProviderResult.Approved("r", Details.NONE), null, now)
          .ifPresent(change::write);
      assertThat(journal.commit(change.build())).isInstanceOf(Verdict.Committed.class);
    }
    assertThat(Decision.outcome("op_x", new ProviderResult.Unknown("?"), null, now)).isEmpty();
    assertThat(Decision.outcome("op_x", new ProviderResult.Pending("r"), null, now)).isEmpty();
  }

  @Test
  @Order(6)
  void aPaymentGoesWhereTheRuleOfItsCardSays() {
    long version =
        proposed(
            """
            {"rules": [{"name": "range", "when": {"bin": ["51010"]}, "to": {"providers": ["beta"]}}],
             "default": {"providers": ["alpha"]}}
            """);
    ok(activate(version, active()));
    for (String bin : List.of("51010123", "42000000")) {
      String card = GATEWAY.vault.card(GATEWAY.principal, "fp_" + bin, bin);
      Gateway.Answer paid =
          GATEWAY.post(
              "/v1/payment_intents",
              "amount",
              "1500",
              "currency",
              "eur",
              "payment_method",
              card,
              "confirm",
              "true",
              "return_url",
              "https://shop.example/back");
      assertThat(paid.string("status")).as(paid.text()).isEqualTo("succeeded");
      Gateway.Answer told = get("routing/decisions?payment=" + paid.string("id"));
      ok(told);
      Map<String, Object> only = new HashMap<>(told.data().getFirst());
      assertThat(only)
          .containsEntry("provider", bin.startsWith("51") ? "beta" : "alpha")
          .containsEntry("outcome", "approved")
          .containsEntry("version", version);
      assertThat(only.get("latency_ms")).isNotNull();
    }
  }

  @Test
  @Order(7)
  @EnabledIfSystemProperty(named = "portcullis.long", matches = "true")
  void aHundredThousandPaymentsAreReplayedWithinAMinute() {
    pay(100_000);
    long begun = System.nanoTime();
    Map<String, ?> replay = ok(get("routing/replay?version=1"));
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    System.out.printf("routing: 100,000 payments replayed in %.1f s%n", took.toMillis() / 1e3);
    assertThat(replay.get("payments")).isEqualTo(100_000L);
    assertThat(took).isLessThan(Duration.ofSeconds(60));
  }
}
