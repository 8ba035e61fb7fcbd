package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.OperationFeed;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderRecord;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The connector, the forward policy and the provider fit together: each request goes where the
 * policy says, and only the answer fields that the policy lets out reach the connector.
 */
class ConnectorContractTest {
  private static final Connector CONNECTOR = Connectors.find("sandbox").orElseThrow();
  private static final Money AMOUNT = Money.of(1_999, "usd");

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Rig rig;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Map<?, ?> policy;

  @BeforeAll
  static void start() throws IOException {
    rig = Rig.create();
    try (InputStream in = Connectors.class.getResourceAsStream("/policy/sandbox.json")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      policy = Json.readObject(text.replace("${origin}", rig.simulator.providerUrl()));
    }
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  /** A challenge ends nothing, and its end comes by a look-up. */
  @Test
  void theCvcLivesThroughAChallengeAndEndsWithItsResult() {
    Map<?, ?> operations = (Map<?, ?>) Objects.requireNonNull(policy.get("operations"));
    for (String name : List.of("sandbox.authorize", "sandbox.lookup")) {
      Map<?, ?> operation = (Map<?, ?>) Objects.requireNonNull(operations.get(name));
      assertThat(operation.get("definite"))
          .as(name)
          .isEqualTo(Map.of("pointer", "/status", "values", List.of("approved", "declined")));
    }
  }

  @Test
  void paysRefundsAndLooksUp() throws IOException {
    String reference = Rig.reference();
    ProviderResult.Approved paid =
        (ProviderResult.Approved) run(authorize(reference, true), "4242424242424242");
    assertThat(paid.details().checks().cvc()).isEqualTo(ProviderResult.Check.PASS);
    assertThat(paid.details().networkTransactionId()).isNotNull();
    assertThat(run(lookup(reference, OperationKind.AUTHORIZE, AMOUNT), null)).isEqualTo(paid);
    assertThat(
            run(
                new ProviderOperation.Refund(
                    Rig.reference(), paid.providerReference(), Money.of(500, "usd")),
                null))
        .isInstanceOf(ProviderResult.Approved.class);
    assertThat(run(lookup("op_never", OperationKind.REFUND, null), null))
        .isEqualTo(new ProviderResult.NotFound());
  }

  @Test
  void capturesAndCancels() throws IOException {
    ProviderResult.Approved held =
        (ProviderResult.Approved) run(authorize(Rig.reference(), false), "4242424242424242");
    ProviderOperation capture =
        new ProviderOperation.Capture(Rig.reference(), held.providerReference(), AMOUNT);
    assertThat(run(capture, null)).isInstanceOf(ProviderResult.Approved.class);
    ProviderOperation again =
        new ProviderOperation.Capture(Rig.reference(), held.providerReference(), AMOUNT);
    assertThat(run(again, null)).isEqualTo(rejected("already_captured"));
    assertThat(
            run(
                new ProviderOperation.Cancel(Rig.reference(), held.providerReference(), null),
                null))
        .isInstanceOf(ProviderResult.Approved.class);
  }

  @Test
  void understandsARefusalAndAChallenge() throws IOException {
    assertThat(run(authorize(Rig.reference(), true), "4000000000009995"))
        .isInstanceOfSatisfying(
            ProviderResult.Declined.class,
            declined -> assertThat(declined.code()).isEqualTo(DeclineCode.INSUFFICIENT_FUNDS));
    assertThat(run(authorize(Rig.reference(), true), "4000002760003184"))
        .isInstanceOfSatisfying(
            ProviderResult.RequiresAction.class,
            action -> assertThat(action.redirectUrl()).startsWith(rig.simulator.shopperUrl()));
  }

  @Test
  void theNetworksAdviceComesWithARefusal() throws IOException {
    ProviderOperation.Authorize pay =
        new ProviderOperation.Authorize(
            Rig.reference(),
            Money.of(7_824, "usd"),
            true,
            CardUse.ONCE,
            Shopper.UNKNOWN,
            Challenge.ifNeeded("https://shop.example/r"));
    ProviderResult.Declined declined = (ProviderResult.Declined) run(pay, "4000000000000119");
    assertThat(declined.details().advice())
        .isEqualTo(new NetworkAdvice(NetworkAdvice.Action.TRY_AGAIN_LATER, "24", "96"));
    assertThat(run(lookup(pay.id(), OperationKind.AUTHORIZE, Money.of(7_824, "usd")), null))
        .isEqualTo(declined);
  }

  @Test
  void followsARefundThatChangesLater() throws IOException {
    ProviderResult.Approved paid =
        (ProviderResult.Approved) run(authorize(Rig.reference(), true), "4000000000005126");
    String reference = Rig.reference();
    run(new ProviderOperation.Refund(reference, paid.providerReference(), AMOUNT), null);
    rig.pass(Duration.ofSeconds(2));
    assertThat(run(lookup(reference, OperationKind.REFUND, null), null))
        .isInstanceOfSatisfying(
            ProviderResult.Declined.class,
            failed ->
                assertThat(failed.details().failureReason()).isEqualTo("expired_or_canceled_card"));
  }

  @Test
  void readsDisputesAndRespondsToThem() throws IOException {
    DisputeFeed feed = (DisputeFeed) CONNECTOR;
    String reference = Rig.reference();
    run(authorize(reference, true), "4000000000000259");
    DisputeNotice dispute =
        pageAfter(feed, DisputeFeed.BEGINNING).notices().stream()
            .filter(notice -> notice.operation().equals(reference))
            .findFirst()
            .orElseThrow();
    assertThat(dispute.amount()).isEqualTo(AMOUNT);
    assertThat(dispute.stage()).isEqualTo(DisputeNotice.Stage.CHARGEBACK);
    String operation = Rig.reference();
    assertThat(
            run(
                new ProviderOperation.SubmitEvidence(
                    operation,
                    dispute.reference(),
                    false,
                    Map.of("uncategorized_text", "winning_evidence")),
                null))
        .isInstanceOf(ProviderResult.Approved.class);
    assertThat(run(lookup(operation, OperationKind.SUBMIT_EVIDENCE, null), null))
        .isInstanceOf(ProviderResult.Approved.class);
    DisputeNotice won = pageAfter(feed, Long.toString(dispute.sequence())).notices().getFirst();
    assertThat(won.stage()).isEqualTo(DisputeNotice.Stage.WON);
    assertThat(run(new ProviderOperation.AcceptDispute(Rig.reference(), dispute.reference()), null))
        .isEqualTo(rejected("dispute_not_open"));
  }

  @Test
  void listsWhatItWasAskedForSinceATime() throws IOException {
    OperationFeed feed = (OperationFeed) CONNECTOR;
    String earlier = Rig.reference();
    run(authorize(earlier, true), "4242424242424242");
    rig.pass(Duration.ofMinutes(5));
    Instant since = rig.now();
    List<String> later = new ArrayList<>();
    ProviderResult.Approved paid = null;
    for (int i = 0; i < 60; i++) {
      later.add(Rig.reference());
      paid = (ProviderResult.Approved) run(authorize(later.getLast(), true), "4242424242424242");
    }
    String refund = Rig.reference();
    run(
        new ProviderOperation.Refund(
            refund, Objects.requireNonNull(paid).providerReference(), AMOUNT),
        null);
    List<ProviderRecord> listed = new ArrayList<>();
    OperationFeed.Page page = operations(feed, since, OperationFeed.BEGINNING);
    listed.addAll(page.operations());
    assertThat(page.more()).isTrue();
    while (page.more()) {
      page = operations(feed, since, page.cursor());
      listed.addAll(page.operations());
    }
    assertThat(listed.stream().map(ProviderRecord::reference))
        .doesNotContain(earlier)
        .containsAll(later)
        .endsWith(refund);
    ProviderRecord last = listed.getLast();
    assertThat(last.kind()).isEqualTo(OperationKind.REFUND);
    assertThat(last.belongsTo()).isEqualTo(paid.providerReference());
    ProviderRecord before = listed.get(listed.size() - 2);
    assertThat(before)
        .isEqualTo(
            new ProviderRecord(
                later.getLast(),
                paid.providerReference(),
                OperationKind.AUTHORIZE,
                ProviderRecord.Status.APPROVED,
                AMOUNT,
                since.truncatedTo(ChronoUnit.SECONDS),
                "4242",
                null));
  }

  private static OperationFeed.Page operations(OperationFeed feed, Instant since, String cursor)
      throws IOException {
    ForwardRequest request = feed.operationsSince(since, cursor);
    Map<?, ?> rule = rule(request);
    Client.Reply reply = rig.client.send(rig.client.toProvider(path(rule, request)).GET().build());
    Map<String, @Nullable Object> body =
        filtered(reply, (List<?>) Objects.requireNonNull(rule.get("answer")));
    return feed.readOperations(new ForwardAnswer(reply.status(), body)).orElseThrow();
  }

  private static DisputeFeed.Page pageAfter(DisputeFeed feed, String cursor) throws IOException {
    ForwardRequest request = feed.disputesAfter(cursor);
    Map<?, ?> rule = rule(request);
    Client.Reply reply = rig.client.send(rig.client.toProvider(path(rule, request)).GET().build());
    Map<String, @Nullable Object> body =
        filtered(reply, (List<?>) Objects.requireNonNull(rule.get("answer")));
    return feed.read(cursor, new ForwardAnswer(reply.status(), body)).orElseThrow();
  }

  private static Map<?, ?> rule(ForwardRequest request) {
    return (Map<?, ?>)
        Objects.requireNonNull(
            ((Map<?, ?>) Objects.requireNonNull(policy.get("operations")))
                .get(request.operation()));
  }

  private static String path(Map<?, ?> rule, ForwardRequest request) {
    String path = String.valueOf(rule.get("path"));
    for (Map.Entry<String, String> variable : request.path().entrySet()) {
      path = path.replace("{" + variable.getKey() + "}", variable.getValue());
    }
    return path;
  }

  @Test
  void garbageAndErrorsAreUnknown() throws IOException {
    for (Fault fault : List.of(Fault.GARBAGE, Fault.ERROR_AFTER, Fault.ERROR_BEFORE)) {
      rig.client.fault(fault);
      for (int i = 0; i < 10; i++) {
        assertThat(run(authorize(Rig.reference(), true), "4242424242424242"))
            .isInstanceOf(ProviderResult.Unknown.class);
      }
      rig.client.noFaults();
    }
  }

  private static ProviderOperation authorize(String reference, boolean capture) {
    return new ProviderOperation.Authorize(
        reference,
        AMOUNT,
        capture,
        CardUse.ONCE,
        Shopper.UNKNOWN,
        Challenge.ifNeeded("https://shop.example/r"));
  }

  private static ProviderOperation lookup(
      String reference, OperationKind kind, @Nullable Money amount) {
    return new ProviderOperation.Lookup(reference, kind, amount, null, null);
  }

  private static ProviderResult rejected(String code) {
    return new ProviderResult.Rejected(
        ProviderResult.Rejected.Kind.MALFORMED,
        "the provider refused the request with 400",
        new ProviderWords(code, null));
  }

  /** Does what the vault does, by the policy's own text. */
  private static ProviderResult run(ProviderOperation operation, @Nullable String number)
      throws IOException {
    ForwardRequest request = CONNECTOR.request(operation);
    Map<?, ?> rule = rule(request);
    var http = rig.client.toProvider(path(rule, request));
    if (request.body() == null) {
      http.method(String.valueOf(rule.get("method")), BodyPublishers.noBody());
    } else {
      http.header(String.valueOf(rule.get("idempotency_header")), operation.id());
      http.method(
          String.valueOf(rule.get("method")),
          BodyPublishers.ofString(filled(Json.writeString(request.body()), number)));
    }
    Client.Reply reply = rig.client.send(http.build());
    return CONNECTOR.interpret(
        operation,
        new ForwardAnswer(
            reply.status(), filtered(reply, (List<?>) Objects.requireNonNull(rule.get("answer")))));
  }

  private static String filled(String body, @Nullable String number) {
    return body.replace("{{card.number}}", String.valueOf(number))
        .replace("{{card.exp_month}}", "12")
        .replace("{{card.exp_year}}", "2034")
        .replace("{{card.cvc}}", "123");
  }

  @SuppressWarnings("unchecked") // made here
  private static List<Map<String, @Nullable Object>> elements(
      Map<String, @Nullable Object> out, String name, int size) {
    if (!out.containsKey(name)) {
      List<Map<String, @Nullable Object>> elements = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        elements.add(new LinkedHashMap<>());
      }
      out.put(name, elements);
    }
    return (List<Map<String, @Nullable Object>>) Objects.requireNonNull(out.get(name));
  }

  private static @Nullable Map<String, @Nullable Object> filtered(
      Client.Reply reply, List<?> pointers) {
    Map<String, @Nullable Object> whole;
    try {
      whole = reply.body();
    } catch (MalformedJsonException e) {
      return null;
    }
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    for (Object pointer : pointers) {
      String[] names = String.valueOf(pointer).substring(1).split("/");
      if (names.length == 1 && whole.containsKey(names[0])) {
        out.put(names[0], whole.get(names[0]));
      } else if (names.length == 2
          && whole.get(names[0]) instanceof Map<?, ?> inner
          && inner.containsKey(names[1])) {
        @SuppressWarnings("unchecked")
        Map<String, @Nullable Object> into =
            (Map<String, @Nullable Object>)
                Objects.requireNonNull(
                    out.computeIfAbsent(names[0], name -> new LinkedHashMap<String, Object>()));
        into.put(names[1], inner.get(names[1]));
      } else if (names.length == 3 && whole.get(names[0]) instanceof List<?> list) {
        List<Map<String, @Nullable Object>> into = elements(out, names[0], list.size());
        for (int i = 0; i < list.size(); i++) {
          into.get(i)
              .put(names[2], ((Map<?, ?>) Objects.requireNonNull(list.get(i))).get(names[2]));
        }
      }
    }
    return out;
  }
}
