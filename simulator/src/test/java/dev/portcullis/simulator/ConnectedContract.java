package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.connectors.spi.Manifest.Feature;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.NotificationReader;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same flows for every connector against its provider's pretended API, by the text of the
 * forward policy.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ConnectedContract {
  static final Money AMOUNT = Money.of(1_999, "usd");
  static final String VISA = "4242424242424242";
  private static final String CHALLENGED = "4000002760003184";
  private static final String UNLESS_SET_UP = "4000002500003155";

  private final String provider;
  private final String secret;

  @SuppressWarnings("NullAway.Init") // set before the first test
  Rig rig;

  @SuppressWarnings("NullAway.Init") // set before the first test
  Receiver receiver;

  @SuppressWarnings("NullAway.Init") // set before each test
  Connected connected;

  /**
   * Makes the contract.
   *
   * @param secret what notifications are signed with
   */
  ConnectedContract(String provider, String secret) {
    this.provider = provider;
    this.secret = secret;
  }

  @BeforeAll
  void start() throws IOException {
    rig = Rig.create();
    receiver = new Receiver();
    rig.notify(provider, Map.of("url", receiver.url(), "secret", secret));
  }

  @AfterAll
  void stop() {
    receiver.close();
    rig.close();
  }

  @BeforeEach
  void connect() throws IOException {
    connected = new Connected(rig, provider);
  }

  Manifest manifest() {
    return connected.connector().manifest();
  }

  boolean can(Feature feature) {
    return manifest().features().contains(feature);
  }

  @Test
  void paysAndLooksUp() throws IOException {
    ProviderOperation.Authorize pay = authorize(true);
    ProviderResult.Approved paid = approved(pay);
    assertThat(paid.details().checks().cvc()).isEqualTo(ProviderResult.Check.PASS);
    assertSame(paid, lookedUp(pay, paid.providerReference(), null));
  }

  @Test
  void capturesAllOrAPart() throws IOException {
    for (long amount : new long[] {1_999, 700}) {
      ProviderResult.Approved held = approved(authorize(false));
      ProviderOperation.Capture capture =
          new ProviderOperation.Capture(
              Rig.reference(), held.providerReference(), Money.of(amount, "usd"));
      String reference = approved(capture).providerReference();
      assertThat(lookedUp(capture, reference, held.providerReference()))
          .isInstanceOf(ProviderResult.Approved.class);
      ProviderOperation.Capture again =
          new ProviderOperation.Capture(
              Rig.reference(), held.providerReference(), Money.of(100, "usd"));
      assertThat(ended(again)).isNotInstanceOf(ProviderResult.Approved.class);
      assertRefunds(held.providerReference(), amount);
    }
  }

  @Test
  void capturesNoMoreThanIsHeld() throws IOException {
    ProviderResult.Approved held = approved(authorize(false));
    assertThat(
            ended(
                new ProviderOperation.Capture(
                    Rig.reference(), held.providerReference(), Money.of(2_000, "usd"))))
        .isNotInstanceOf(ProviderResult.Approved.class)
        .isNotInstanceOf(ProviderResult.Unknown.class);
  }

  @Test
  void cancelsWhatIsHeld() throws IOException {
    ProviderResult.Approved held = approved(authorize(false));
    ProviderOperation.Cancel cancel =
        new ProviderOperation.Cancel(Rig.reference(), held.providerReference(), null);
    String reference = approved(cancel).providerReference();
    assertThat(lookedUp(cancel, reference, held.providerReference()))
        .isInstanceOf(ProviderResult.Approved.class);
    assertThat(
            ended(new ProviderOperation.Capture(Rig.reference(), held.providerReference(), AMOUNT)))
        .isNotInstanceOf(ProviderResult.Approved.class);
  }

  @Test
  void reversesWhatWasTakenInTheSameCall() throws IOException {
    ProviderResult.Approved paid = approved(authorize(true));
    ProviderOperation.Cancel cancel =
        new ProviderOperation.Cancel(Rig.reference(), paid.providerReference(), AMOUNT);
    String reference = approved(cancel).providerReference();
    assertThat(lookedUp(cancel, reference, paid.providerReference()))
        .isInstanceOf(ProviderResult.Approved.class);
    assertThat(ended(refund(paid.providerReference(), 1)))
        .isNotInstanceOf(ProviderResult.Approved.class);
  }

  @Test
  void refundsInPartsAndNoMoreThanWasTaken() throws IOException {
    ProviderResult.Approved paid = approved(authorize(true));
    assertRefunds(paid.providerReference(), 1_999);
  }

  /** Lets pass what has to pass before a payment can be given back in parts. */
  void settle() {
    // Nothing, with most.
  }

  /** Whether what is only taken note of is told of when it is done, and only then known. */
  boolean waitsToBeTold() {
    return manifest().lookup() instanceof Manifest.LookupPower.None;
  }

  private void assertRefunds(String payment, long taken) throws IOException {
    settle();
    ProviderOperation.Refund part = refund(payment, 500);
    String reference = approved(part).providerReference();
    assertThat(lookedUp(part, reference, payment)).isInstanceOf(ProviderResult.Approved.class);
    assertThat(ended(refund(payment, taken - 499)))
        .isNotInstanceOf(ProviderResult.Approved.class)
        .isNotInstanceOf(ProviderResult.Unknown.class);
    approved(refund(payment, taken - 500));
  }

  static ProviderOperation.Refund refund(String payment, long amount) {
    return new ProviderOperation.Refund(Rig.reference(), payment, Money.of(amount, "usd"));
  }

  @Test
  void followsARefundThatFailsLater() throws IOException {
    connected.card("4000000000005126");
    ProviderResult.Approved paid = approved(authorize(true));
    settle();
    ProviderOperation.Refund refund = refund(paid.providerReference(), 500);
    ProviderResult first = connected.run(refund);
    rig.pass(Duration.ofSeconds(3));
    ProviderResult last =
        waitsToBeTold()
            ? told(refund, first)
            : lookedUp(refund, reference(first), paid.providerReference());
    assertThat(last).isInstanceOf(ProviderResult.Declined.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theShopperAnswersAChallenge(boolean pass) throws IOException {
    connected.card(CHALLENGED);
    if (!can(Feature.CHALLENGE)) {
      Challenge always = new Challenge(Challenge.Wish.ALWAYS, "https://shop.example/", null);
      assertThat(manifest().refusal(authorize(true, CardUse.ONCE, always))).isPresent();
      return;
    }
    for (boolean capture : new boolean[] {true, false}) {
      ProviderOperation.Authorize authorize = authorize(capture);
      ProviderResult after = challenged(authorize, pass);
      if (pass) {
        assertThat(after).isInstanceOf(ProviderResult.Approved.class);
      } else {
        assertThat(after)
            .isInstanceOfSatisfying(
                ProviderResult.Declined.class,
                declined ->
                    assertThat(declined.code()).isEqualTo(DeclineCode.AUTHENTICATION_FAILED));
      }
    }
  }

  /** What became of a payment whose shopper has been through the challenge. */
  ProviderResult challenged(ProviderOperation.Authorize authorize, boolean pass)
      throws IOException {
    ProviderResult asked = connected.run(authorize);
    assertThat(asked).isInstanceOf(ProviderResult.RequiresAction.class);
    ProviderResult.RequiresAction action = (ProviderResult.RequiresAction) asked;
    String back = rig.client.challenge(action.redirectUrl(), pass);
    assertThat(back).startsWith("https://shop.example/return?order=7");
    String reference =
        action.providerReference() == null
            ? connected.known(authorize)
            : action.providerReference();
    if (!can(Feature.COMPLETION)) {
      return lookedUp(authorize, reference, null);
    }
    return connected.run(
        new ProviderOperation.Complete(
            Rig.reference(),
            authorize.id(),
            authorize.amount(),
            authorize.capture(),
            reference,
            parameters(back)));
  }

  private static Map<String, String> parameters(String url) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : URI.create(url).getRawQuery().split("&")) {
      String[] parts = pair.split("=", 2);
      parameters.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return parameters;
  }

  @Test
  void nobodyIsSentAnywhereWhoMayNotBe() throws IOException {
    connected.card(CHALLENGED);
    Challenge never = new Challenge(Challenge.Wish.NEVER, "https://shop.example/", null);
    assertThat(connected.run(authorize(true, CardUse.ONCE, never)))
        .isInstanceOf(ProviderResult.Declined.class);
    if (can(Feature.VERIFICATION)) {
      ProviderOperation verify =
          new ProviderOperation.Authorize(
              Rig.reference(), Money.of(0, "usd"), false, CardUse.STORE, Shopper.UNKNOWN, never);
      assertThat(connected.run(verify)).isInstanceOf(ProviderResult.Declined.class);
    }
  }

  @Test
  void aStoredCardIsChargedWithoutTheShopper() throws IOException {
    connected.card(UNLESS_SET_UP);
    ProviderOperation.Authorize first =
        authorize(true, CardUse.STORE, Challenge.ifNeeded("https://shop.example/return?order=7"));
    ProviderResult result = can(Feature.CHALLENGE) ? challenged(first, true) : connected.run(first);
    String agreement = ((ProviderResult.Approved) result).details().networkTransactionId();
    assertThat(agreement).isNotNull();
    connected.cvc(null);
    assertThat(connected.run(merchants(agreement))).isInstanceOf(ProviderResult.Approved.class);
    assertThat(connected.run(merchants("ntx_00000000never")))
        .isInstanceOfSatisfying(
            ProviderResult.Declined.class,
            declined -> assertThat(declined.code()).isEqualTo(DeclineCode.AUTHENTICATION_REQUIRED));
  }

  private static ProviderOperation.Authorize merchants(@Nullable String agreement) {
    return authorize(
        true,
        new CardUse(Initiator.MERCHANT, false, agreement),
        Challenge.ifNeeded("https://shop.example/"));
  }

  /** Cards of the documented list, and what the connector must make of them. */
  enum Refusal {
    GENERIC("4000000000000002", DeclineCode.GENERIC_DECLINE),
    FUNDS("4000000000009995", DeclineCode.INSUFFICIENT_FUNDS),
    LOST("4000000000009987", DeclineCode.LOST_CARD),
    STOLEN("4000000000009979", DeclineCode.STOLEN_CARD),
    EXPIRED("4000000000000069", DeclineCode.EXPIRED_CARD),
    CVC("4000000000000127", DeclineCode.INCORRECT_CVC),
    PROCESSING("4000000000000119", DeclineCode.PROCESSING_ERROR),
    FRAUD("4100000000000019", DeclineCode.FRAUDULENT);

    final String card;
    final DeclineCode code;

    Refusal(String card, DeclineCode code) {
      this.card = card;
      this.code = code;
    }
  }

  /** Another code where the provider has no word for it. */
  DeclineCode expected(Refusal refusal) {
    return refusal.code;
  }

  @ParameterizedTest
  @EnumSource
  void aRefusedCardIsDeclined(Refusal refusal) throws IOException {
    connected.card(refusal.card);
    ProviderOperation.Authorize pay = authorize(true);
    ProviderResult result = connected.run(pay);
    assertThat(result)
        .isInstanceOfSatisfying(
            ProviderResult.Declined.class,
            declined -> assertThat(declined.code()).isEqualTo(expected(refusal)));
    String reference = ((ProviderResult.Declined) result).providerReference();
    if (reference != null) {
      ProviderResult later = lookedUp(pay, reference, null);
      assertThat(reference(later)).isEqualTo(reference);
      assertThat(later)
          .isInstanceOfSatisfying(
              ProviderResult.Declined.class,
              declined -> assertThat(declined.code()).isEqualTo(later(refusal)));
    }
  }

  /** By the simulator's amounts, of which the last two digits are the advice. */
  @ParameterizedTest
  @ValueSource(strings = {"01", "02", "03", "21"})
  void theNetworksAdviceComesWithARefusal(String code) throws IOException {
    connected.card("4000000000009995");
    ProviderOperation.Authorize pay =
        new ProviderOperation.Authorize(
            Rig.reference(),
            Money.of(7_800 + Long.parseLong(code), "usd"),
            true,
            CardUse.ONCE,
            Shopper.UNKNOWN,
            Challenge.ifNeeded("https://shop.example/return?order=7"));
    ProviderResult result = connected.run(pay);
    assertThat(result)
        .isInstanceOfSatisfying(
            ProviderResult.Declined.class,
            declined ->
                assertThat(declined.details().advice())
                    .isEqualTo(
                        passesOn() ? NetworkAdvice.of(code, networkCode()) : NetworkAdvice.NONE));
  }

  /** Whether it passes on what the network says. */
  boolean passesOn() {
    return true;
  }

  /** Its word for the network's 51. */
  String networkCode() {
    return "51";
  }

  /** Another code where the provider says why only once. */
  DeclineCode later(Refusal refusal) {
    return expected(refusal);
  }

  @Test
  void verifiesACard() throws IOException {
    ProviderOperation.Authorize verify =
        new ProviderOperation.Authorize(
            Rig.reference(),
            Money.of(0, "usd"),
            false,
            CardUse.STORE,
            Shopper.UNKNOWN,
            Challenge.ifNeeded("https://shop.example/return?order=7"));
    if (!can(Feature.VERIFICATION)) {
      assertThat(manifest().refusal(verify)).isPresent();
      return;
    }
    ProviderResult.Approved verified = approved(verify);
    assertSame(verified, lookedUp(verify, verified.providerReference(), null));
    connected.card("4000000000000002");
    assertThat(
            connected.run(
                new ProviderOperation.Authorize(
                    Rig.reference(),
                    Money.of(0, "usd"),
                    false,
                    CardUse.STORE,
                    Shopper.UNKNOWN,
                    Challenge.ifNeeded("https://shop.example/"))))
        .isInstanceOf(ProviderResult.Declined.class);
  }

  @Test
  void aWrongKeyIsToldApart() throws IOException {
    connected.key("of-somebody-else");
    assertThat(connected.run(authorize(true)))
        .isInstanceOfSatisfying(
            ProviderResult.Rejected.class,
            rejected ->
                assertThat(rejected.kind()).isEqualTo(ProviderResult.Rejected.Kind.CREDENTIAL));
  }

  @Test
  void whatIsNotThereIsRefused() throws IOException {
    ProviderResult.Approved held = approved(authorize(false));
    String never = another(held.providerReference());
    assertThat(connected.run(new ProviderOperation.Capture(Rig.reference(), never, AMOUNT)))
        .isInstanceOf(ProviderResult.Rejected.class);
    assertThat(connected.run(new ProviderOperation.Refund(Rig.reference(), never, AMOUNT)))
        .isInstanceOf(ProviderResult.Rejected.class);
  }

  /** A reference of that form that names nothing. */
  String another(String reference) {
    return reference.substring(0, reference.length() - 4) + "0000";
  }

  @Test
  void theSameRequestIsDoneOnce() throws IOException {
    if (!(manifest().idempotency() instanceof Manifest.Idempotency.Key)) {
      // What may not be sent again must be looked up.
      assertThat(manifest().lookup()).isNotInstanceOf(Manifest.LookupPower.None.class);
      return;
    }
    ProviderOperation.Authorize pay = authorize(true);
    ProviderResult.Approved first = approved(pay);
    assertSame(first, connected.run(pay));
    settle();
    ProviderOperation.Refund refund = refund(first.providerReference(), 1_500);
    String given = approved(refund).providerReference();
    assertThat(reference(ended(refund))).isEqualTo(given);
    // Were it done twice, there would not be so much left.
    approved(refund(first.providerReference(), 499));
  }

  @Test
  void anAnswerThatIsLostIsFoundAgain() throws IOException {
    approved(authorize(true)); // so that a token is there, where one is needed
    ProviderOperation.Authorize pay = authorize(true);
    connected.prepare(pay);
    for (Fault fault : List.of(Fault.ERROR_AFTER, Fault.GARBAGE)) {
      rig.client.control(
          "PUT",
          "/control/faults?provider=" + provider,
          Map.of("seed", 3L, "rates", Map.of(fault.wire(), 1L), "timeout_ms", 100L));
      assertThat(connected.run(pay)).isInstanceOf(ProviderResult.Unknown.class);
      rig.client.control("DELETE", "/control/faults?provider=" + provider, null);
    }
    if (manifest().idempotency() instanceof Manifest.Idempotency.Key) {
      assertThat(connected.run(pay)).isInstanceOf(ProviderResult.Approved.class);
    }
    String known = connected.known(pay);
    ProviderOperation.Lookup lookup =
        new ProviderOperation.Lookup(pay.id(), OperationKind.AUTHORIZE, AMOUNT, known, null);
    if (manifest().lookup().answers(lookup)) {
      ProviderResult found = connected.run(lookup);
      // Some only say at first which one it was.
      assertThat(
              found instanceof ProviderResult.Pending(String reference, _)
                  ? lookedUp(pay, reference, null)
                  : found)
          .isInstanceOf(ProviderResult.Approved.class);
      assertThat(connected.run(never()))
          .isInstanceOf(proves() ? ProviderResult.NotFound.class : ProviderResult.Unknown.class);
    }
  }

  /** Asks for a payment that was never made, though perhaps prepared. */
  private ProviderOperation.Lookup never() throws IOException {
    ProviderOperation.Authorize pay = authorize(true);
    connected.prepare(pay);
    return new ProviderOperation.Lookup(
        pay.id(), OperationKind.AUTHORIZE, AMOUNT, connected.known(pay), null);
  }

  /** Whether it proves something that a look-up finds nothing. */
  boolean proves() {
    return true;
  }

  @Test
  void tellsByItself() throws IOException {
    ProviderOperation.Authorize pay = authorize(true);
    ProviderResult.Approved paid = approved(pay);
    if (!(connected.connector() instanceof NotificationReader)) {
      // Whoever reads no notifications must be able to ask.
      assertThat(manifest().lookup()).isNotInstanceOf(Manifest.LookupPower.None.class);
      return;
    }
    if (tellsOnlyToAsk()) {
      letTell(paid.providerReference());
      Notification.Outcome asks =
          await()
              .atMost(Duration.ofSeconds(30))
              .until(() -> about(pay, paid).findFirst(), Optional::isPresent)
              .orElseThrow();
      assertThat(asks.about().kind()).isEqualTo(OperationKind.AUTHORIZE);
      assertThat(asks.result()).isEqualTo(new ProviderResult.Pending(paid.providerReference()));
      return;
    }
    ProviderResult told = told(pay, paid);
    assertThat(told)
        .isInstanceOfSatisfying(
            ProviderResult.Approved.class,
            approved ->
                assertThat(approved.providerReference()).isEqualTo(paid.providerReference()));
  }

  @Test
  void disputesAreListedToTheEnd() throws IOException {
    if (!(connected.connector() instanceof DisputeFeed feed)) {
      return;
    }
    connected.card("4000000000000259");
    List<String> paid = new ArrayList<>();
    for (int n = 0; n < 7; n++) {
      ProviderOperation.Authorize pay = authorize(true);
      approved(pay);
      paid.add(pay.id());
    }
    List<DisputeNotice> listed = new ArrayList<>();
    DisputeFeed.Page page;
    String cursor = DisputeFeed.BEGINNING;
    do {
      page = feed.read(cursor, connected.forward(feed.disputesAfter(cursor), null)).orElseThrow();
      assertThat(page.unread()).isEmpty();
      listed.addAll(page.notices());
      cursor = page.cursor();
    } while (page.more());
    assertThat(listed)
        .filteredOn(notice -> notice.stage() == DisputeNotice.Stage.CHARGEBACK)
        .filteredOn(notice -> notice.amount().equals(AMOUNT))
        .extracting(DisputeNotice::operation)
        .containsAll(paid);
  }

  /** Whether its notifications say no more than that there is something to ask for. */
  boolean tellsOnlyToAsk() {
    return false;
  }

  /** Lets come true what it tells of. */
  void letTell(String payment) throws IOException {
    // Mostly it tells of the payment itself.
  }

  /** What came, as the gateway gives it to the connector. */
  Map<String, @Nullable Object> read(Receiver.Received received) {
    return Json.readObject(received.body());
  }

  static ProviderOperation.Authorize authorize(boolean capture) {
    return authorize(
        capture, CardUse.ONCE, Challenge.ifNeeded("https://shop.example/return?order=7"));
  }

  static ProviderOperation.Authorize authorize(boolean capture, CardUse use, Challenge challenge) {
    return new ProviderOperation.Authorize(
        Rig.reference(), AMOUNT, capture, use, Shopper.UNKNOWN, challenge);
  }

  /** Runs it to its end; it must be an approval. */
  ProviderResult.Approved approved(ProviderOperation operation) throws IOException {
    ProviderResult result = ended(operation);
    assertThat(result)
        .as("%s: %s", operation.kind(), said())
        .isInstanceOf(ProviderResult.Approved.class);
    return (ProviderResult.Approved) result;
  }

  private String said() {
    return connected.last == null ? "" : connected.last.html();
  }

  /** Runs it; where it is only taken note of, waits for the notification of its end. */
  ProviderResult ended(ProviderOperation operation) throws IOException {
    ProviderResult result = connected.run(operation);
    if (result instanceof ProviderResult.Pending && waitsToBeTold()) {
      rig.pass(Duration.ofSeconds(1));
      return told(operation, result);
    }
    return result;
  }

  /** What a notification says of it. */
  ProviderResult told(ProviderOperation operation, ProviderResult first) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> notified(operation, first), Optional::isPresent)
        .orElseThrow();
  }

  private Optional<ProviderResult> notified(ProviderOperation operation, ProviderResult first) {
    return about(operation, first)
        .map(Notification.Outcome::result)
        .filter(result -> !(result instanceof ProviderResult.Pending))
        .findFirst();
  }

  private Stream<Notification.Outcome> about(ProviderOperation operation, ProviderResult first) {
    NotificationReader reader = (NotificationReader) connected.connector();
    return receiver.received().stream()
        .flatMap(each -> reader.read(read(each)).stream())
        .filter(Notification.Outcome.class::isInstance)
        .map(Notification.Outcome.class::cast)
        .filter(
            outcome ->
                outcome.about().reference().equals(operation.id())
                    && Objects.equals(outcome.about().providerReference(), reference(first)));
  }

  /** What a look-up says of it, or the first answer where there is none. */
  ProviderResult lookedUp(
      ProviderOperation operation, @Nullable String reference, @Nullable String authorization)
      throws IOException {
    ProviderOperation.Lookup lookup =
        new ProviderOperation.Lookup(
            operation.id(), operation.kind(), operation.amount(), reference, authorization);
    return manifest().lookup().answers(lookup) ? connected.run(lookup) : ended(operation);
  }

  static @Nullable String reference(ProviderResult result) {
    return switch (result) {
      case ProviderResult.Approved it -> it.providerReference();
      case ProviderResult.Declined it -> it.providerReference();
      case ProviderResult.Pending it -> it.providerReference();
      case ProviderResult.RequiresAction it -> it.providerReference();
      case ProviderResult.Rejected _, ProviderResult.NotFound _, ProviderResult.Unknown _ -> null;
    };
  }

  private static void assertSame(ProviderResult first, ProviderResult second) {
    assertThat(second).isInstanceOf(first.getClass());
    assertThat(reference(second)).isEqualTo(reference(first));
    if (first instanceof ProviderResult.Approved before
        && second instanceof ProviderResult.Approved after) {
      assertThat(after.details().checks()).isEqualTo(before.details().checks());
      assertThat(after.details().networkTransactionId())
          .isEqualTo(before.details().networkTransactionId());
    }
    if (first instanceof ProviderResult.Declined before
        && second instanceof ProviderResult.Declined after) {
      assertThat(after.code()).isEqualTo(before.code());
    }
  }
}
