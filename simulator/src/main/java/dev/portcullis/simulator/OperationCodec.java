package dev.portcullis.simulator;

import dev.portcullis.wire.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ledger's line form: one JSON object with short names. */
final class OperationCodec {

  private OperationCodec() {}

  static byte[] write(Operation operation) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    Operation.Identity identity = operation.identity();
    line.put("n", (long) identity.number());
    line.put("id", identity.id());
    line.put("ref", identity.reference());
    line.put("fp", identity.fingerprint());
    line.put("at", identity.created());
    writeNotes(line, identity.notes());
    switch (operation) {
      case Operation.Authorization authorization -> writeAuthorization(line, authorization);
      case Operation.Movement movement -> writeMovement(line, movement);
      case Operation.Dispute dispute -> writeDispute(line, dispute);
      case Operation.Receipt receipt -> {
        line.put("kind", "RECEIPT");
        line.put("status", (long) receipt.status());
        line.put("body", receipt.body());
      }
    }
    return Json.write(line);
  }

  private static void writeNotes(Map<String, @Nullable Object> line, Operation.Notes notes) {
    if (notes.alias() != null) {
      line.put("alias", notes.alias());
    }
    if (!notes.values().isEmpty()) {
      line.put("notes", notes.values());
    }
  }

  private static Operation.Notes readNotes(Line line) {
    Map<String, String> values = new LinkedHashMap<>();
    if (line.values().get("notes") instanceof Map<?, ?> notes) {
      notes.forEach((name, value) -> values.put(String.valueOf(name), String.valueOf(value)));
    }
    return new Operation.Notes(line.optional("alias"), values);
  }

  private static void writeAuthorization(
      Map<String, @Nullable Object> line, Operation.Authorization authorization) {
    line.put("kind", "AUTHORIZATION");
    Operation.Terms terms = authorization.terms();
    line.put("amount", terms.amount());
    line.put("currency", terms.currency());
    line.put("capture", terms.capture());
    line.put("setup", terms.setup());
    line.put("last4", terms.last4());
    line.put("story", terms.story().name());
    Operation.Outcome outcome = authorization.outcome();
    line.put("status", outcome.status().name());
    line.put("code", outcome.declineCode());
    line.put("sca", outcome.authenticated());
    line.put("cvc", outcome.cvcCheck());
    Operation.Funds funds = authorization.funds();
    line.put("captured", funds.captured());
    line.put("refunded", funds.refunded());
    line.put("closed", funds.closed());
    line.put("voided", funds.voided());
    Operation.Challenge challenge = authorization.challenge();
    if (challenge != null) {
      line.put("token", challenge.token());
      line.put("return_url", challenge.returnUrl());
      line.put("completed", challenge.completed());
      line.put("passed", challenge.passed());
      line.put("until", challenge.until());
    }
    line.put("tail", (long) authorization.last());
  }

  private static void writeMovement(
      Map<String, @Nullable Object> line, Operation.Movement movement) {
    line.put("kind", movement.kind().name());
    line.put("auth", movement.authorization());
    line.put("amount", movement.amount());
    line.put("currency", movement.currency());
    line.put("status", movement.status().name());
    line.put("prev", (long) movement.previous());
    Operation.Settlement settlement = movement.settlement();
    if (settlement != null) {
      line.put("due", settlement.dueMillis());
      line.put("first", settlement.first().name());
      line.put("last", settlement.status().name());
    }
  }

  private static void writeDispute(Map<String, @Nullable Object> line, Operation.Dispute dispute) {
    line.put("kind", "DISPUTE");
    Operation.Claim claim = dispute.claim();
    line.put("auth", claim.authorization());
    line.put("amount", claim.amount());
    line.put("currency", claim.currency());
    line.put("story", claim.story().name());
    line.put("opened", claim.openedSeconds());
    line.put("due", claim.dueSeconds());
    line.put("stage", dispute.stage().name());
    line.put("seq", dispute.sequence());
  }

  private static Operation readDispute(Operation.Identity identity, Line line) {
    return new Operation.Dispute(
        identity,
        new Operation.Claim(
            line.text("auth"),
            line.number("amount"),
            line.text("currency"),
            Story.valueOf(line.text("story")),
            line.number("opened"),
            line.number("due")),
        Operation.Stage.valueOf(line.text("stage")),
        line.number("seq"));
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it is not one that {@link #write} made
   */
  static Operation read(byte[] json) {
    Line line = new Line(Json.readObject(json));
    Operation.Identity identity =
        new Operation.Identity(
            (int) line.number("n"),
            line.text("id"),
            line.text("ref"),
            line.text("fp"),
            line.optionalNumber("at"),
            readNotes(line));
    String kind = line.text("kind");
    return switch (kind) {
      case "AUTHORIZATION" -> readAuthorization(identity, line);
      case "DISPUTE" -> readDispute(identity, line);
      case "RECEIPT" ->
          new Operation.Receipt(identity, (int) line.number("status"), line.optional("body"));
      default -> readMovement(identity, Operation.Kind.valueOf(kind), line);
    };
  }

  private static Operation readAuthorization(Operation.Identity identity, Line line) {
    return new Operation.Authorization(
        identity,
        new Operation.Terms(
            line.number("amount"),
            line.text("currency"),
            line.truth("capture"),
            line.truth("setup"),
            line.text("last4"),
            Story.valueOf(line.text("story"))),
        new Operation.Outcome(
            Operation.Status.valueOf(line.text("status")),
            line.optional("code"),
            line.truth("sca"),
            line.text("cvc")),
        new Operation.Funds(
            line.number("captured"),
            line.number("refunded"),
            line.truth("closed"),
            line.truth("voided")),
        line.optional("token") == null
            ? null
            : new Operation.Challenge(
                line.text("token"),
                line.text("return_url"),
                !Boolean.FALSE.equals(line.values().get("completed")),
                line.values().get("passed") instanceof Boolean passed ? passed : null,
                line.optionalNumber("until")),
        line.place("tail"));
  }

  private static Operation readMovement(
      Operation.Identity identity, Operation.Kind kind, Line line) {
    return new Operation.Movement(
        identity,
        kind,
        line.text("auth"),
        line.number("amount"),
        line.text("currency"),
        Operation.Status.valueOf(line.text("status")),
        line.optional("first") == null
            ? null
            : new Operation.Settlement(
                line.number("due"),
                Operation.Status.valueOf(line.text("first")),
                Operation.Status.valueOf(line.text("last"))),
        line.place("prev"));
  }

  private record Line(Map<String, @Nullable Object> values) {
    String text(String name) {
      if (values.get(name) instanceof String text) {
        return text;
      }
      throw new IllegalArgumentException("a ledger line lacks " + name);
    }

    @Nullable String optional(String name) {
      return values.get(name) instanceof String text ? text : null;
    }

    long number(String name) {
      if (values.get(name) instanceof Long number) {
        return number;
      }
      throw new IllegalArgumentException("a ledger line lacks " + name);
    }

    long optionalNumber(String name) {
      return values.get(name) instanceof Long number ? number : 0;
    }

    /** A place in the ledger, or -1. */
    int place(String name) {
      return values.get(name) instanceof Long number ? number.intValue() : -1;
    }

    boolean truth(String name) {
      return Boolean.TRUE.equals(values.get(name));
    }
  }
}
