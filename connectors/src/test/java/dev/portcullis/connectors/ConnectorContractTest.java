package dev.portcullis.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.PreparationStep;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import dev.portcullis.connectors.spi.ProviderOperation.Lookup;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Check;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.RequiresAction;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.wire.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every connector of the registry keeps, each held to it by its own provider's answers. */
class ConnectorContractTest {

  private static final Pattern CARD_DIGITS = Pattern.compile("[0-9](?:[ -]?[0-9]){11,}");
  private static final Pattern SLOT = Pattern.compile("\\{\\{(card\\.[a-z_]+)}}");
  private static final String CARD = "4242 4242 4242 4242";

  static List<Specimen> specimens() {
    return Specimens.all();
  }

  @Test
  void everyConnectorIsHeldToIt() {
    assertThat(Specimens.all().stream().map(Specimen::name))
        .containsExactlyElementsOf(
            Connectors.all().stream().map(each -> each.manifest().name()).toList());
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void aResendIsByteIdentical(Specimen specimen) {
    Connector connector = specimen.connector();
    for (ProviderOperation operation : Operations.of(connector)) {
      assertThat(written(Requests.all(specimen, operation)))
          .isEqualTo(written(Requests.all(specimen, operation)));
    }
  }

  private static String written(List<ForwardRequest> requests) {
    return String.join("\n", requests.stream().map(ConnectorContractTest::written).toList());
  }

  private static String written(ForwardRequest request) {
    return request.operation() + request.path() + Json.writeString(request.body());
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void aRequestHoldsNoCardAndOnlyThePolicysSlots(Specimen specimen) {
    Connector connector = specimen.connector();
    for (ProviderOperation operation : Operations.of(connector)) {
      for (ForwardRequest request : Requests.all(specimen, operation)) {
        assertThat(written(request)).doesNotContainPattern(CARD_DIGITS);
        Map<String, String> slots = new TreeMap<>();
        for (List<Object> leaf : Trees.leaves(request.body())) {
          Object value = value(request.body(), leaf);
          if (value instanceof String text && text.contains("{{")) {
            assertThat(text).matches(SLOT);
            slots.put(pointer(leaf), text.substring(2, text.length() - 2));
          }
        }
        Map<String, String> allowed = new TreeMap<>();
        Policies.object(Policies.operation(connector, request.operation()), "slots")
            .forEach(
                (pointer, slot) ->
                    allowed.put(
                        (String) pointer,
                        ((String) slot).replaceAll("\\?$", "").split(" as ", 2)[0]));
        assertThat(slots).as(request.operation()).isEqualTo(allowed);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void aRequestFitsItsPolicy(Specimen specimen) {
    Connector connector = specimen.connector();
    for (ProviderOperation operation : Operations.of(connector)) {
      for (ForwardRequest request : Requests.all(specimen, operation)) {
        Map<?, ?> rule = Policies.operation(connector, request.operation());
        String places = rule.get("path") + String.valueOf(Policies.object(rule, "query").values());
        assertThat(request.path().keySet())
            .as(request.operation())
            .containsExactlyInAnyOrderElementsOf(names(places));
        assertThat(request.path().values())
            .allMatch(value -> value.matches("[0-9A-Za-z_-]{1,128}"));
        boolean get = "GET".equals(rule.get("method"));
        assertThat(request.body() == null).as(request.operation()).isEqualTo(get);
        if (get) {
          assertThat(rule.containsKey("idempotency_header")).as(request.operation()).isFalse();
        }
        for (Object pointer : Policies.object(rule, "fixed").keySet()) {
          assertThat(Trees.at(request.body(), String.valueOf(pointer).substring(1).split("/", -1)))
              .as("what the policy alone writes")
              .isNull();
        }
      }
    }
  }

  /** In a header, or in the body where the provider wants it there. */
  @ParameterizedTest
  @MethodSource("specimens")
  void aProviderThatKnowsKeysGetsOneWithWhateverChangesSomething(Specimen specimen) {
    Connector connector = specimen.connector();
    if (connector.manifest().idempotency() instanceof Manifest.Idempotency.Key) {
      for (ProviderOperation operation : Operations.of(connector)) {
        ForwardRequest request = Requests.own(specimen, operation);
        Map<?, ?> rule = Policies.operation(connector, request.operation());
        boolean inBody = written(request).contains("Key\":\"" + operation.id() + "\"");
        assertThat(rule.containsKey("idempotency_header") || inBody)
            .as(request.operation())
            .isEqualTo(!(operation instanceof Lookup));
      }
    }
  }

  private static Set<String> names(String places) {
    return Set.copyOf(
        Pattern.compile("\\{([a-z_]+)}").matcher(places).results().map(m -> m.group(1)).toList());
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void everyOperationOfThePolicyIsUsed(Specimen specimen) {
    Connector connector = specimen.connector();
    List<String> used =
        new ArrayList<>(
            Operations.of(connector).stream()
                .flatMap(op -> Requests.all(specimen, op).stream())
                .map(ForwardRequest::operation)
                .toList());
    used.add(String.valueOf(Policies.policy(connector, false).get("probe")));
    if (connector instanceof dev.portcullis.connectors.spi.DisputeFeed feed) {
      used.add(feed.disputesAfter("0").operation());
      used.add(feed.disputesAfter("du_1").operation());
      used.add(feed.disputesAfter("2026-03-01_0_1_0").operation());
      used.add(feed.disputesAfter("0_0_1_0_PP-D-1").operation());
    }
    if (connector instanceof dev.portcullis.connectors.spi.OperationFeed feed) {
      used.add(feed.operationsSince(java.time.Instant.EPOCH, "0").operation());
    }
    for (Object name : Policies.operations(connector).keySet()) {
      assertThat(used).contains(String.valueOf(name));
      assertThat(String.valueOf(name)).startsWith(specimen.name() + ".");
    }
  }

  /** A stranger who types a slot gets what they typed. */
  @ParameterizedTest
  @MethodSource("specimens")
  void whatPeopleTypeIsNeverASlot(Specimen specimen) {
    String typed = "{{card.number}}";
    Shopper shopper =
        new Shopper(
            typed,
            typed,
            typed,
            new Shopper.Address(typed, typed, typed, typed, typed, typed),
            typed);
    List<ProviderOperation> operations =
        List.of(
            Operations.authorize(
                Operations.AMOUNT, true, CardUse.ONCE, shopper, Operations.CHALLENGE),
            Operations.authorize(
                Operations.AMOUNT,
                true,
                CardUse.ONCE,
                shopper,
                new Challenge(
                    Challenge.Wish.ALWAYS,
                    "https://shop.example/r",
                    new Challenge.Browser(typed, typed, typed))),
            new ProviderOperation.Complete(
                "op_5",
                "op_1",
                Operations.AMOUNT,
                true,
                Operations.AUTHORIZATION,
                Map.of("redirectResult", typed)));
    Connector connector = specimen.connector();
    for (ProviderOperation operation : operations) {
      if (connector.manifest().refusal(operation).isEmpty()) {
        for (ForwardRequest request : Requests.all(specimen, operation)) {
          Map<?, ?> slots =
              Policies.object(Policies.operation(connector, request.operation()), "slots");
          for (List<Object> leaf : Trees.leaves(request.body())) {
            if (value(request.body(), leaf) instanceof String text
                && !slots.containsKey(pointer(leaf))) {
              assertThat(text.replace("{{literal}}" + typed, "")).doesNotContain("{{");
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void whatTheManifestRefusesIsNotMade(Specimen specimen) {
    Connector connector = specimen.connector();
    for (ProviderOperation operation : Operations.refusedBy(connector)) {
      Rejected refusal = connector.manifest().refusal(operation).orElseThrow();
      assertThat(refusal.kind()).isEqualTo(Rejected.Kind.UNSUPPORTED);
      assertThat(refusal.forMerchant()).endsWith(".");
      assertThat(Requests.preparation(connector, operation)).isEmpty();
      assertThatThrownBy(() -> connector.request(operation))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(connector.interpret(operation, new ForwardAnswer(200, null)))
          .isInstanceOf(Unknown.class);
    }
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void takesWhatTheProviderDid(Specimen specimen) {
    for (ProviderOperation operation : Operations.of(specimen.connector())) {
      if (!isOver(operation)) {
        ProviderResult result = interpret(specimen, operation, specimen.done(operation));
        boolean approval =
            specimen.isApproval(
                operation, specimen.done(operation).status(), specimen.done(operation).body());
        assertThat(result)
            .as(operation.toString())
            .isInstanceOf(approval ? Approved.class : Pending.class);
        if (result instanceof Pending pending) {
          assertThat(pending.alert()).isNull();
          assertThat(pending.providerReference())
              .isEqualTo(
                  operation.kind() == OperationKind.AUTHORIZE
                      ? Operations.AUTHORIZATION
                      : Operations.OWN);
        }
      }
    }
    assertThat(interpret(specimen, Operations.PAY, specimen.done(Operations.PAY)))
        .isInstanceOfSatisfying(
            Approved.class,
            approved -> {
              assertThat(approved.providerReference()).isEqualTo(Operations.AUTHORIZATION);
              Details details = approved.details();
              assertThat(details.networkTransactionId()).isEqualTo("ntx_9");
              assertThat(details.authorizationCode() == null)
                  .isEqualTo(specimen.untold().contains("authorizationCode"));
              assertThat(details.checks().cvc()).isEqualTo(Check.PASS);
              assertThat(details.checks().addressLine1()).isEqualTo(Check.FAIL);
              if (!canChallenge(specimen)) {
                assertThat(details.threeDSecure()).isNull();
              } else {
                assertThat(Objects.requireNonNull(details.threeDSecure()).result())
                    .isEqualTo("authenticated");
              }
            });
  }

  private static boolean canChallenge(Specimen specimen) {
    return specimen.connector().manifest().features().contains(Manifest.Feature.CHALLENGE);
  }

  static List<Specimen> challenging() {
    return Specimens.all().stream().filter(ConnectorContractTest::canChallenge).toList();
  }

  /** Some look-ups find nothing that a provider tells the truth of; its own test says which. */
  private static boolean isOver(ProviderOperation operation) {
    return operation instanceof Lookup lookup
        && (lookup.kind() == OperationKind.REFUND || lookup.kind() == OperationKind.CANCEL);
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void readsADecline(Specimen specimen) {
    for (Authorize authorize : List.of(Operations.PAY, Operations.VERIFY)) {
      if (specimen.connector().manifest().refusal(authorize).isPresent()) {
        continue;
      }
      assertThat(interpret(specimen, authorize, specimen.declined(authorize)))
          .isInstanceOfSatisfying(
              Declined.class,
              declined -> {
                assertThat(declined.code()).isEqualTo(specimen.why());
                assertThat(declined.providerReference()).isEqualTo(Operations.AUTHORIZATION);
                assertThat(declined.details().said()).isNotEqualTo(ProviderWords.NONE);
                assertThat(declined.details().advice()).isEqualTo(specimen.advised());
              });
    }
  }

  @ParameterizedTest
  @MethodSource("challenging")
  void sendsTheShopperOnlyToAWebAddress(Specimen specimen) {
    String url = "https://acs.example/c?token=t";
    assertThat(interpret(specimen, Operations.PAY, specimen.challenge(Operations.PAY, url)))
        .isEqualTo(new RequiresAction(Operations.AUTHORIZATION, url));
    for (String bad : List.of("javascript:alert(1)", "/relative", "http://", "no address")) {
      assertThat(interpret(specimen, Operations.PAY, specimen.challenge(Operations.PAY, bad)))
          .isInstanceOf(Unknown.class);
    }
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void aStatusThatIsNotDocumentedWaitsAndAlerts(Specimen specimen) {
    assertThat(interpret(specimen, Operations.PAY, specimen.unheardOf(Operations.PAY)))
        .isInstanceOfSatisfying(
            Pending.class,
            pending -> {
              assertThat(pending.alert()).isNotNull();
              assertThat(pending.providerReference()).isEqualTo(Operations.AUTHORIZATION);
            });
  }

  /** What the vault lets out is all that a connector reads. */
  @ParameterizedTest
  @MethodSource("specimens")
  void readsNothingThatThePolicyKeepsInside(Specimen specimen) {
    Connector connector = specimen.connector();
    for (ProviderOperation operation : Operations.of(connector)) {
      List<String> pointers =
          Policies.texts(
              Policies.operation(connector, Requests.own(specimen, operation).operation()),
              "answer");
      List<Recorded> answers =
          new ArrayList<>(
              List.of(
                  specimen.done(operation), specimen.error(400, "m"), specimen.error(422, "m")));
      if (operation instanceof Authorize authorize) {
        answers.add(specimen.declined(authorize));
        if (canChallenge(specimen)) {
          answers.add(specimen.challenge(authorize, "https://acs.example/"));
        }
        answers.add(specimen.unheardOf(authorize));
      }
      for (Recorded answer : answers) {
        assertThat(
                interpret(
                    specimen, operation, answer.with(Policies.reduced(answer.body(), pointers))))
            .as(operation + " of " + answer)
            .isEqualTo(interpret(specimen, operation, answer));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void aPreparationReadsNothingElseEither(Specimen specimen) {
    Connector connector = specimen.connector();
    for (ProviderOperation operation : Operations.of(connector)) {
      Requests.preparation(connector, operation)
          .ifPresent(
              request -> {
                List<String> pointers =
                    Policies.texts(Policies.operation(connector, request.operation()), "answer");
                for (Recorded answer :
                    List.of(specimen.prepared(operation), specimen.error(422, "m"))) {
                  assertThat(
                          prepared(
                              specimen,
                              operation,
                              answer.with(Policies.reduced(answer.body(), pointers))))
                      .as(operation + " of " + answer)
                      .isEqualTo(prepared(specimen, operation, answer));
                }
              });
    }
  }

  /** A step that failed is made again; one that was refused refuses the operation. */
  @ParameterizedTest
  @MethodSource("specimens")
  void aPreparationThatProvesNothingIsMadeAgain(Specimen specimen) {
    Connector connector = specimen.connector();
    for (ProviderOperation operation : Operations.of(connector)) {
      if (Requests.preparation(connector, operation).isEmpty()) {
        continue;
      }
      assertThatThrownBy(() -> connector.request(operation))
          .isInstanceOf(IllegalArgumentException.class);
      for (int status : List.of(204, 302, 408, 429, 500, 503)) {
        for (Map<String, @Nullable Object> body :
            Arrays.asList(
                null, specimen.prepared(operation).body(), specimen.error(status, "m").body())) {
          assertThat(
                  ((PreparationStep) connector)
                      .prepared(operation, new ForwardAnswer(status, body)))
              .isInstanceOf(PreparationStep.Prepared.NotReady.class);
        }
      }
      assertThat(prepared(specimen, operation, specimen.error(401, "m")))
          .isInstanceOfSatisfying(
              PreparationStep.Prepared.Decided.class,
              decided ->
                  assertThat(decided.result())
                      .isInstanceOfSatisfying(
                          Rejected.class,
                          r -> assertThat(r.kind()).isEqualTo(Rejected.Kind.CREDENTIAL)));
      for (List<Object> leaf : Trees.leaves(specimen.prepared(operation).body())) {
        for (Object strange : Trees.STRANGE) {
          Recorded whole = specimen.prepared(operation);
          PreparationStep.Prepared prepared =
              prepared(specimen, operation, whole.with(Trees.with(whole.body(), leaf, strange)));
          if (prepared instanceof PreparationStep.Prepared.Decided(ProviderResult result)) {
            assertThat(result).as(strange + " at " + leaf).isNotInstanceOf(Approved.class);
          }
          if (prepared instanceof PreparationStep.Prepared.Ready ready) {
            assertThat(ready.request().path().values())
                .allMatch(v -> v.matches("[0-9A-Za-z_-]{1,128}"));
          }
        }
      }
    }
  }

  private static PreparationStep.Prepared prepared(
      Specimen specimen, ProviderOperation operation, Recorded recorded) {
    return ((PreparationStep) specimen.connector()).prepared(operation, recorded.answer());
  }

  /** One thing changed at a time: nothing but the provider's own approval is one. */
  @ParameterizedTest
  @MethodSource("specimens")
  void anApprovalOfSomethingElseIsNoApproval(Specimen specimen) {
    for (ProviderOperation operation : Operations.of(specimen.connector())) {
      Recorded done = specimen.done(operation);
      for (List<Object> leaf : Trees.leaves(done.body())) {
        for (Object strange : Trees.STRANGE) {
          Recorded changed = done.with(Trees.with(done.body(), leaf, strange));
          if (interpret(specimen, operation, changed) instanceof Approved approved) {
            assertThat(specimen.isApproval(operation, changed.status(), changed.body()))
                .as(operation + " with " + strange + " at " + leaf)
                .isTrue();
            assertThat(approved.providerReference()).matches("[0-9A-Za-z_-]{1,128}");
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void anAnswerAboutAnotherOperationSaysNothing(Specimen specimen) {
    for (ProviderOperation operation : Operations.of(specimen.connector())) {
      Recorded done = specimen.done(operation);
      for (List<Object> leaf : Trees.leaves(done.body())) {
        if (operation.id().equals(value(done.body(), leaf))) {
          Recorded other = done.with(Trees.with(done.body(), leaf, "op_9"));
          assertThat(interpret(specimen, operation, other))
              .as(operation + " with another operation at " + leaf)
              // A list that has another one alone does not have this one.
              .isInstanceOfAny(
                  Unknown.class, operation instanceof Lookup ? NotFound.class : Unknown.class);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void aRefusalSaysOfWhatKindItIs(Specimen specimen) {
    for (ProviderOperation operation : Operations.of(specimen.connector())) {
      for (Map.Entry<Integer, Rejected.Kind> each :
          Map.of(
                  401, Rejected.Kind.CREDENTIAL,
                  404, Rejected.Kind.UNKNOWN_REFERENCE,
                  422, Rejected.Kind.MALFORMED)
              .entrySet()) {
        ProviderResult result =
            interpret(specimen, operation, specimen.error(each.getKey(), "Not like this."));
        if (operation instanceof Lookup) {
          assertThat(result).isInstanceOf(Unknown.class);
        } else {
          Rejected rejected = (Rejected) result;
          assertThat(rejected.kind()).as(operation + " " + each).isEqualTo(each.getValue());
          assertThat(rejected.said().code()).isNotNull();
          assertThat(rejected.forMerchant()).endsWith(".").doesNotContain("Not like this");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void whatProvesNothingIsUnknown(Specimen specimen) {
    for (ProviderOperation operation : Operations.of(specimen.connector())) {
      Recorded done = specimen.done(operation);
      for (int status : List.of(100, 203, 204, 301, 302, 408, 409, 425, 429, 500, 502, 503, 504)) {
        for (Map<String, @Nullable Object> body :
            Arrays.asList(null, done.body(), specimen.error(status, "m").body())) {
          assertThat(specimen.connector().interpret(operation, new ForwardAnswer(status, body)))
              .as(operation + " " + status)
              .isInstanceOf(Unknown.class);
        }
      }
      assertThat(specimen.connector().interpret(operation, new ForwardAnswer(done.status(), null)))
          .isInstanceOf(Unknown.class);
    }
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void anOperatorReadsWhatTheProviderSaidButNoCard(Specimen specimen) {
    String said = "Card " + CARD + " is bad \\u0000 " + "x".repeat(100_000);
    for (int status : List.of(400, 401, 403, 404, 422, 429, 500)) {
      ProviderResult result = interpret(specimen, Operations.PAY, specimen.error(status, said));
      String told =
          switch (result) {
            case Rejected rejected -> rejected.reason() + " " + rejected.said().line();
            case Declined declined -> declined.details().said().line();
            case Unknown unknown -> unknown.reason();
            default -> throw new AssertionError(result);
          };
      assertThat(told).hasSizeLessThan(400).doesNotContainPattern(CARD_DIGITS);
      assertThat(told.codePoints()).noneMatch(Character::isISOControl);
    }
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void onlyALookUpFindsNothing(Specimen specimen) {
    for (ProviderOperation operation : Operations.of(specimen.connector())) {
      if (!(operation instanceof Lookup)) {
        for (int status : List.of(200, 201, 202, 404)) {
          assertThat(interpret(specimen, operation, specimen.error(status, "m")))
              .isNotInstanceOf(NotFound.class);
        }
      }
    }
  }

  private static ProviderResult interpret(
      Specimen specimen, ProviderOperation operation, Recorded recorded) {
    return specimen.connector().interpret(operation, recorded.answer());
  }

  private static String pointer(List<Object> leaf) {
    return "/" + String.join("/", leaf.stream().map(String::valueOf).toList());
  }

  private static @Nullable Object value(@Nullable Object tree, List<Object> path) {
    Object at = tree;
    for (Object step : path) {
      at =
          at instanceof List<?> list
              ? list.get((Integer) step)
              : ((Map<?, ?>) Objects.requireNonNull(at)).get(step);
    }
    return at;
  }
}
