package dev.portcullis.connectors.sandbox;

import dev.portcullis.connectors.spi.AmountRules;
import dev.portcullis.connectors.spi.BodyBuilder;
import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.connectors.spi.OperationFeed;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderSetup;
import dev.portcullis.kit.Money;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The connector to the simulator, which takes test cards and no money. */
public final class SandboxConnector implements Connector, DisputeFeed, OperationFeed {

  static final Manifest MANIFEST =
      new Manifest(
          "sandbox",
          new Manifest.Idempotency.Key(Duration.ofHours(24)),
          new Manifest.LookupPower.Strong(),
          EnumSet.complementOf(EnumSet.of(Manifest.Feature.COMPLETION)),
          new Manifest.Currencies.All(),
          AmountRules.OURS,
          new ProviderSetup(
              URI.create("https://docs.stripe.com/testing"),
              List.of(),
              List.of(
                  new ProviderSetup.Parameter(
                      "simulator",
                      "where the simulator listens",
                      "made by the set-up",
                      Pattern.compile("https://[0-9A-Za-z.-]{1,255}:[0-9]{1,5}"))),
              new ProviderSetup.Host("${simulator}", ""),
              null,
              null,
              "/policy/sandbox.json"));

  /** Slots that the vault fills; the CVC may be gone by then, and its member with it. */
  private static final Map<String, Object> CARD =
      new BodyBuilder()
          .put("number", "{{card.number}}")
          .put("exp_month", "{{card.exp_month}}")
          .put("exp_year", "{{card.exp_year}}")
          .put("cvc", "{{card.cvc}}")
          .build();

  /** A connector holds no state; one is as good as another. */
  public SandboxConnector() {}

  @Override
  public Manifest manifest() {
    return MANIFEST;
  }

  @Override
  public ForwardRequest request(ProviderOperation operation) {
    return switch (operation) {
      case ProviderOperation.Authorize authorize ->
          new ForwardRequest("sandbox.authorize", Map.of(), authorization(authorize));
      case ProviderOperation.Complete complete ->
          throw new IllegalArgumentException("a look-up tells how a challenge ended");
      case ProviderOperation.Capture(String id, String reference, Money amount) ->
          about("sandbox.capture", reference, movement(id, amount));
      case ProviderOperation.Cancel cancel ->
          about("sandbox.void", cancel.providerReference(), named(cancel.id()));
      case ProviderOperation.Refund(String id, String reference, Money amount) ->
          about("sandbox.refund", reference, movement(id, amount));
      case ProviderOperation.SubmitEvidence(
              String id,
              String reference,
              boolean inquiry,
              Map<String, String> evidence) ->
          about("sandbox.evidence", reference, named(id).put("evidence", texts(evidence)));
      case ProviderOperation.AcceptDispute(String id, String reference) ->
          about("sandbox.accept", reference, named(id));
      case ProviderOperation.Lookup lookup ->
          new ForwardRequest("sandbox.lookup", Map.of("reference", lookup.id()), null);
    };
  }

  private static ForwardRequest about(String operation, String id, BodyBuilder body) {
    return new ForwardRequest(operation, Map.of("id", id), body.build());
  }

  @Override
  public ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    return SandboxAnswers.interpret(operation, answer);
  }

  @Override
  public ForwardRequest disputesAfter(String cursor) {
    return new ForwardRequest("sandbox.disputes", Map.of("cursor", cursor), null);
  }

  @Override
  public Optional<DisputeFeed.Page> read(String cursor, ForwardAnswer answer) {
    return SandboxDisputes.read(answer);
  }

  @Override
  public Optional<DisputeNotice> readAgain(@Nullable Object unread) {
    return SandboxDisputes.notice(unread);
  }

  @Override
  public ForwardRequest operationsSince(Instant since, String cursor) {
    String seconds = Long.toString(Math.max(0, since.getEpochSecond()));
    return new ForwardRequest(
        "sandbox.operations", Map.of("since", seconds, "cursor", cursor), null);
  }

  @Override
  public Optional<OperationFeed.Page> readOperations(ForwardAnswer answer) {
    return SandboxOperations.read(answer);
  }

  private static Map<String, Object> authorization(ProviderOperation.Authorize authorize) {
    CardUse use = authorize.use();
    return movement(authorize.id(), authorize.amount())
        .put("capture", authorize.capture())
        .put("card", CARD)
        .put("initiator", use.initiator() == Initiator.CUSTOMER ? "customer" : "merchant")
        .put("setup", use.store())
        .put("network_transaction_id", use.networkTransactionId())
        .put("return_url", authorize.challenge().returnUrl())
        .put("challenge", isDemanded(authorize) ? true : null)
        .build();
  }

  private static boolean isDemanded(ProviderOperation.Authorize authorize) {
    return authorize.mayChallenge() && authorize.challenge().wish().isDemand();
  }

  private static Map<String, Object> texts(Map<String, String> typed) {
    BodyBuilder texts = new BodyBuilder();
    typed.forEach((name, text) -> texts.put(name, ForwardRequest.literal(text)));
    return texts.build();
  }

  private static BodyBuilder named(String id) {
    return new BodyBuilder().put("reference", id);
  }

  private static BodyBuilder movement(String id, Money amount) {
    return named(id).put("amount", amount.minorUnits()).put("currency", amount.currency().code());
  }
}
