package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.reconciliation.DailyReconciliation;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A provider's report of a day, held against what was paid on it. */
class ReconciliationTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);
  private static final String HEADER = "id,kind,reference,payment,amount,currency\n";

  @BeforeAll
  static void enroll() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    PEOPLE.add(PEOPLE.token("margaret"), "olga", "operator");
    GATEWAY.clock.advance(Duration.ofMinutes(2));
    PEOPLE.add(PEOPLE.token("margaret"), "aude", "auditor");
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  /** Noon of another day, of which nothing is known yet. */
  private static LocalDate newDay() {
    Instant now = GATEWAY.clock.instant();
    LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC).plusDays(3);
    GATEWAY.clock.advance(Duration.between(now, day.atTime(12, 0).toInstant(ZoneOffset.UTC)));
    return day;
  }

  private static void endDay() {
    GATEWAY.clock.advance(Duration.ofDays(1));
  }

  private static String told(String operation, long amount, String member) {
    return String.valueOf(GATEWAY.provider.entries(operation, amount).getFirst().get(member));
  }

  private static String pay(long amount, String... more) {
    Answer paid = GATEWAY.pay(amount, more);
    assertThat(paid.status()).as(paid.text()).isEqualTo(200);
    return paid.string("id");
  }

  private static Answer call(String path, Map<String, ?> body) {
    return call("olga", path, body);
  }

  private static Answer call(String person, String path, Map<String, ?> body) {
    Map<String, Object> all = new LinkedHashMap<>(body);
    all.put("account", "acct_first");
    GATEWAY.clock.advance(Duration.ofSeconds(31));
    return PEOPLE.call("POST", path, PEOPLE.token(person), all);
  }

  private static Map<?, ?> run(LocalDate day, String csv) {
    Answer begun =
        call(
            "reconciliations",
            Map.of("provider", "sandbox", "day", day.toString(), "source", "canonical"));
    assertThat(begun.status()).as(begun.text()).isEqualTo(200);
    String path = "reconciliations/" + begun.string("id");
    Answer taken = call(path + "/records", Map.of("from", 0, "csv", HEADER + csv));
    assertThat(taken.status()).as(taken.text()).isEqualTo(200);
    return report(path);
  }

  private static Map<?, ?> report(String path) {
    Answer done = call(path + "/compare", Map.of());
    assertThat(done.status()).as(done.text()).isEqualTo(200);
    return (Map<?, ?>) Objects.requireNonNull(done.body().get("report"));
  }

  private static List<Map<String, @Nullable Object>> items(String day) {
    GATEWAY.clock.advance(Duration.ofSeconds(31));
    return PEOPLE
        .call("GET", "reconciliation_items?account=acct_first", PEOPLE.token("aude"), null)
        .data()
        .stream()
        .filter(item -> day.equals(item.get("day")))
        .toList();
  }

  private static List<String> open(LocalDate day) {
    return items(day.toString()).stream()
        .filter(item -> "open".equals(item.get("status")))
        .map(
            item ->
                item.get("verdict") + " " + item.get("our_amount") + " " + item.get("their_amount"))
        .sorted()
        .toList();
  }

  @Test
  void aReportMatchesByOurIdByTheProvidersAndByThePayment() {
    LocalDate day = newDay();
    pay(21_001);
    String reserved = pay(21_002, "capture_method", "manual");
    GATEWAY.post("/v1/payment_intents/" + reserved + "/capture");
    String refunded = pay(21_003);
    GATEWAY.post("/v1/refunds", "payment_intent", refunded, "amount", "503");
    pay(21_004);
    pay(21_005);
    endDay();
    String csv =
        "c1,capture,%s,,21001,usd\n".formatted(told("sandbox.authorize", 21_001, "reference"))
            + "c2,capture,,%s,21002,usd\n".formatted(told("sandbox.authorize", 21_002, "id"))
            + "%s,capture,,,21003,usd\n".formatted(told("sandbox.authorize", 21_003, "id"))
            + "%s,refund,,,503,usd\n".formatted(told("sandbox.refund", 503, "id"))
            + "c4,capture,%s,,20004,usd\n".formatted(told("sandbox.authorize", 21_004, "reference"))
            + "c6,capture,op_nobody,,21006,usd\n";

    Map<?, ?> report = run(day, csv);

    assertThat(report.get("matched")).as(report.toString()).isEqualTo(4L);
    assertThat(open(day))
        .containsExactly(
            "amount_differs 21004 20004", "missing_here null 21006", "missing_there 21005 null");

    // The same again changes nothing, nor what a person has settled.
    Object id =
        items(day.toString()).stream()
            .filter(item -> "missing_here".equals(item.get("verdict")))
            .findFirst()
            .orElseThrow()
            .get("id");
    Map<String, String> reason = Map.of("reason", "booked by hand, ticket 7");
    assertThat(call("aude", "reconciliation_items/" + id + "/settle", reason).status())
        .isEqualTo(403);
    assertThat(call("reconciliation_items/" + id + "/settle", Map.of()).error())
        .containsEntry("param", "reason");
    Answer settled = call("reconciliation_items/" + id + "/settle", reason);
    assertThat(settled.body())
        .containsEntry("status", "settled")
        .containsEntry("settled_by", "olga")
        .containsEntry("reason", "booked by hand, ticket 7");
    List<Map<String, @Nullable Object>> before = items(day.toString());
    assertThat(run(day, csv)).isEqualTo(report);
    assertThat(items(day.toString())).isEqualTo(before);
    GATEWAY.clock.advance(Duration.ofSeconds(31));
    assertThat(PEOPLE.call("GET", "audit?limit=20", PEOPLE.token("margaret"), null).data())
        .anySatisfy(
            entry ->
                assertThat(entry)
                    .containsEntry("action", "reconciliation.settled")
                    .containsEntry("actor", "olga")
                    .containsEntry("subject", id)
                    .containsEntry("detail", "booked by hand, ticket 7"));

    // Other figures for what was settled are another difference.
    run(day, "c6,capture,op_nobody,,21007,usd\n");
    assertThat(open(day)).contains("missing_here null 21007");
  }

  @Test
  void whatComesOnALaterDayExplainsWhatWasMissing() {
    LocalDate day = newDay();
    pay(22_001);
    pay(22_002);
    endDay();
    String late = told("sandbox.authorize", 22_001, "reference");
    String parts = told("sandbox.authorize", 22_002, "reference");
    run(day, "p1,capture,%s,,22000,usd\n".formatted(parts));
    assertThat(open(day)).containsExactly("amount_differs 22002 22000", "missing_there 22001 null");
    endDay();
    Map<?, ?> report =
        run(
            day.plusDays(1),
            "p2,capture,%s,,2,usd\nl1,capture,%s,,22001,usd\n".formatted(parts, late));
    assertThat(report.get("explained")).isEqualTo(2L);
    assertThat(open(day)).isEmpty();
    assertThat(open(day.plusDays(1))).isEmpty();
  }

  @Test
  void anotherCurrencyAndAPaymentThatDidNotSucceedDiffer() {
    LocalDate day = newDay();
    pay(23_001);
    GATEWAY.provider.decide(23_002, "card_declined");
    GATEWAY.post(
        "/v1/payment_intents",
        "amount",
        "23002",
        "currency",
        "usd",
        "payment_method",
        "pm_card_visa",
        "confirm",
        "true");
    endDay();
    run(
        day,
        "e1,capture,%s,,23001,eur\ne2,capture,%s,,23002,usd\n"
            .formatted(
                told("sandbox.authorize", 23_001, "reference"),
                told("sandbox.authorize", 23_002, "reference")));
    assertThat(open(day))
        .containsExactly("currency_differs 23001 23001", "missing_here 23002 23002");
  }

  @Test
  void aProvidersOwnListIsReadWithoutAFile() {
    LocalDate day = newDay();
    pay(24_001);
    pay(24_002);
    Instant then = GATEWAY.clock.instant();
    String known = told("sandbox.authorize", 24_001, "reference");
    GATEWAY.provider.list(then, "authorization", known, "a1", "approved", 24_001);
    GATEWAY.provider.list(then, "authorization", "op_x", "a2", "approved", 24_003);
    GATEWAY.provider.list(then, "authorization", "op_y", "a3", "declined", 24_004);
    GATEWAY.provider.list(
        then.plus(Duration.ofDays(1)), "authorization", "op_z", "a4", "approved", 24_005);
    endDay();
    Answer begun =
        call(
            "reconciliations",
            Map.of("provider", "sandbox", "day", day.toString(), "source", "feed"));
    String path = "reconciliations/" + begun.string("id");
    assertThat(call(path + "/records", Map.of("from", 0, "csv", HEADER)).error())
        .containsEntry("code", "reconciliation_state");
    Answer read = call(path + "/read", Map.of());
    assertThat(read.body()).as(read.text()).containsEntry("more", false);
    assertThat(report(path).get("matched")).isEqualTo(1L);
    assertThat(open(day)).containsExactly("missing_here null 24003", "missing_there 24002 null");
    assertThat(call(path + "/compare", Map.of()).error())
        .containsEntry("code", "reconciliation_state");
  }

  @Test
  void aDayIsComparedByItselfAndOnce() {
    LocalDate day = newDay();
    pay(27_001);
    Instant then = GATEWAY.clock.instant();
    String known = told("sandbox.authorize", 27_001, "reference");
    DailyReconciliation daily = GATEWAY.context.getBean(DailyReconciliation.class);
    AtomicBoolean away = new AtomicBoolean(true);
    GATEWAY.provider.list(then, "authorization", known, "d1", "approved", 27_001);
    GATEWAY.provider.list(then, "authorization", "op_q", "d2", "approved", 27_002);
    GATEWAY.provider.unless("sandbox.operations", away::get);
    endDay();

    daily.round();
    assertThat(runs(day))
        .as("begun, and not compared as long as nobody answers")
        .containsOnly("reading");
    assertThat(behind()).isPositive();

    away.set(false);
    daily.round();
    assertThat(runs(day)).as("the same run goes on").containsExactly("done");
    assertThat(open(day)).containsExactly("missing_here null 27002");
    assertThat(daily.round()).as("what is compared is compared no more").isZero();
    assertThat(runs(day)).hasSize(1);
  }

  private static List<String> runs(LocalDate day) {
    String states =
        GATEWAY.database.text(
            "SELECT coalesce(string_agg(state, ','), '') FROM reconciliation_runs WHERE created_by"
                + " = 'system' AND account = 'acct_first' AND day = ?::date",
            day.toString());
    return states.isEmpty() ? List.of() : List.of(states.split(","));
  }

  private static double behind() {
    return GATEWAY
        .context
        .getBean(MeterRegistry.class)
        .get("portcullis.reconciliation.behind")
        .gauge()
        .value();
  }

  @Test
  void aPartThatIsSentAgainIsTakenOnce() {
    LocalDate day = newDay();
    pay(25_001);
    endDay();
    Answer begun =
        call(
            "reconciliations",
            Map.of("provider", "sandbox", "day", day.toString(), "source", "canonical"));
    String path = "reconciliations/" + begun.string("id") + "/records";
    Map<String, Object> first = Map.of("from", 0, "csv", HEADER);
    assertThat(call(path, first).body()).containsEntry("records", 1L);
    Map<String, Object> second =
        Map.of(
            "from",
            1,
            "csv",
            "t1,capture,%s,,25001,usd\n".formatted(told("sandbox.authorize", 25_001, "reference")));
    assertThat(call(path, second).body()).containsEntry("records", 2L);
    assertThat(call(path, second).body()).containsEntry("records", 2L);
    assertThat(call(path, Map.of("from", 7, "csv", "x\n")).error()).containsEntry("param", "from");
    assertThat(call(path, Map.of("from", 2, "csv", "t2,capture,,,x,usd\n")).error())
        .containsEntry("code", "report_unreadable")
        .containsEntry("param", "csv");
    assertThat(report("reconciliations/" + begun.string("id")).get("matched")).isEqualTo(1L);
    assertThat(open(day)).isEmpty();
  }

  @Test
  void whatCannotBeIsRefusedByName() {
    LocalDate day = newDay();
    Map<String, String> good =
        Map.of("provider", "sandbox", "day", day.minusDays(1).toString(), "source", "canonical");
    for (Map.Entry<String, String> wrong :
        Map.of("provider", "nobody", "day", day.toString(), "source", "excel").entrySet()) {
      Map<String, String> body = new LinkedHashMap<>(good);
      body.put(wrong.getKey(), wrong.getValue());
      assertThat(call("reconciliations", body).error()).containsEntry("param", wrong.getKey());
    }
    Map<String, String> body = new LinkedHashMap<>(good);
    body.put("day", "2026-02-30");
    assertThat(call("reconciliations", body).error()).containsEntry("param", "day");
    assertThat(call("aude", "reconciliations", good).status()).isEqualTo(403);
    assertThat(call("reconciliations/rcn_nobody/compare", Map.of()).error())
        .containsEntry("code", "resource_missing");
    Answer begun = call("reconciliations", good);
    assertThat(call("reconciliations/" + begun.string("id") + "/compare", Map.of()).error())
        .as("without a header")
        .containsEntry("code", "report_unreadable");
    assertThat(call("reconciliation_items/rci_nobody/settle", Map.of("reason", "x")).error())
        .containsEntry("param", "id");
  }
}
