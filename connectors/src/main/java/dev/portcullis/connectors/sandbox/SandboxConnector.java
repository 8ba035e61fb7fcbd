package dev.portcullis.connectors.sandbox;

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
import dev.portcullis.kit.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The connector to the simulator, which takes test cards and no money. */
public final class SandboxConnector implements Connector, DisputeFeed, OperationFeed {

  private static final Manifest MANIFEST =
      new Manifest(
          "sandbox",
          new Manifest.Idempotency.Key(Duration.ofHours(24)),
          new Manifest.LookupPower.Strong(),
          EnumSet.allOf(Manifest.Feature.class),
          new Manifest.Currencies.All());

  /** Slots that the vault fills; the CVC may be gone by then, and its member with it. */
  private static final Map<String, Object> CARD =
      ordered(
          "number", "{{card.number}}",
          "exp_month", "{{card.exp_month}}",
          "exp_year", "{{card.exp_year}}",
          "cvc", "{{card.cvc}}");

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
      case ProviderOperation.Capture(String id, String reference, Money amount) ->
          new ForwardRequest("sandbox.capture", Map.of("id", reference), movement(id, amount));
      case ProviderOperation.Cancel(String id, String reference) ->
          new ForwardRequest("sandbox.void", Map.of("id", reference), ordered("reference", id));
      case ProviderOperation.Refund(String id, String reference, Money amount) ->
          new ForwardRequest("sandbox.refund", Map.of("id", reference), movement(id, amount));
      case ProviderOperation.SubmitEvidence(
              String id,
              String reference,
              Map<String, String> evidence) ->
          new ForwardRequest(
              "sandbox.evidence",
              Map.of("id", reference),
              ordered("reference", id, "evidence", texts(evidence)));
      case ProviderOperation.AcceptDispute(String id, String reference) ->
          new ForwardRequest("sandbox.accept", Map.of("id", reference), ordered("reference", id));
      case ProviderOperation.Lookup lookup ->
          new ForwardRequest("sandbox.lookup", Map.of("reference", lookup.id()), null);
    };
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
  public Optional<DisputeFeed.Page> read(ForwardAnswer answer) {
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
    Map<String, Object> body = movement(authorize.id(), authorize.amount());
    body.put("capture", authorize.capture());
    body.put("card", CARD);
    body.put("initiator", authorize.initiator() == Initiator.CUSTOMER ? "customer" : "merchant");
    body.put("setup", authorize.storeCredential());
    if (authorize.networkTransactionId() != null) {
      body.put("network_transaction_id", authorize.networkTransactionId());
    }
    body.put("return_url", authorize.returnUrl());
    return body;
  }

  private static Map<String, Object> texts(Map<String, String> typed) {
    Map<String, Object> texts = new LinkedHashMap<>();
    typed.forEach((name, text) -> texts.put(name, ForwardRequest.literal(text)));
    return texts;
  }

  private static Map<String, Object> movement(String id, Money amount) {
    return ordered(
        "reference", id, "amount", amount.minorUnits(), "currency", amount.currency().code());
  }

  /** A map in the order written: a resend must be byte-identical, and Map.of promises no order. */
  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
