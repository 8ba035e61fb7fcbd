package dev.portcullis.connectors.stripe;

import dev.portcullis.connectors.spi.BodyBuilder;
import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeFeed.Page;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's disputes (docs.stripe.com/api/disputes). Their list is by when they began, and one that
 * changes stays where it is: so the whole list is read, and begun anew when it was read to its end.
 * Stripe counts no changes: which of two looks is the later one, whoever looks knows.
 */
final class StripeDisputes {

  /** What a response is found again by. */
  private static final String ANSWERED = "answered";

  private static final Pattern WORD = Pattern.compile("[a-z_]{1,64}");
  private static final long LAST_SECOND = 253_402_300_799L;

  private StripeDisputes() {}

  static ForwardRequest after(String cursor) {
    return cursor.equals(DisputeFeed.BEGINNING)
        ? new ForwardRequest("stripe.disputes", Map.of(), null)
        : new ForwardRequest("stripe.disputes_after", Map.of("cursor", cursor), null);
  }

  static Optional<Page> read(ForwardAnswer answer) {
    JsonTree list = JsonTree.of(answer.body());
    boolean more = list.at("has_more").isTrue();
    if (answer.status() != 200
        || !list.at("data").isList()
        || !(more || list.at("has_more").isFalse())) {
      return Optional.empty();
    }
    List<DisputeNotice> notices = new ArrayList<>();
    List<@Nullable Object> unread = new ArrayList<>();
    String last = null;
    for (JsonTree dispute : list.at("data").each().toList()) {
      last = dispute.at("id").id();
      if (isOurs(dispute)) {
        notice(dispute).ifPresentOrElse(notices::add, () -> unread.add(dispute.value()));
      }
    }
    String next = more ? last : DisputeFeed.BEGINNING;
    if (next == null) {
      return Optional.empty();
    }
    // Oldest first: a charge may be disputed twice.
    return Optional.of(new Page(notices.reversed(), unread, next, more));
  }

  /** One about a payment that was made elsewhere is none of ours. */
  private static boolean isOurs(JsonTree dispute) {
    return dispute.at("payment_intent", "metadata", "operation").id() != null;
  }

  static Optional<DisputeNotice> notice(JsonTree dispute) {
    String id = dispute.at("id").id();
    String operation = dispute.at("payment_intent", "metadata", "operation").id();
    Money amount = StripeConnector.AMOUNTS.money(dispute.at("amount"), dispute.at("currency"));
    String reason = dispute.at("reason").text();
    Stage stage = stage(dispute.at("status").text());
    Instant opened = time(dispute.at("created").number());
    if (id == null
        || operation == null
        || amount == null
        || !amount.isPositive()
        || reason == null
        || !WORD.matcher(reason).matches()
        || stage == null
        || opened == null) {
      return Optional.empty();
    }
    // None where it is over.
    Instant dueBy = time(dispute.at("evidence_details", "due_by").number());
    return Optional.of(
        new DisputeNotice(
            id,
            operation,
            DisputeNotice.UNCOUNTED,
            amount,
            reason,
            DisputeNotice.networkCode(dispute.at("network_reason_code")),
            stage,
            opened,
            dueBy == null ? opened : dueBy));
  }

  private static @Nullable Stage stage(@Nullable String status) {
    return switch (status) {
      case "warning_needs_response" -> Stage.INQUIRY;
      case "warning_under_review" -> Stage.INQUIRY_UNDER_REVIEW;
      case "warning_closed", "prevented" -> Stage.INQUIRY_CLOSED;
      case "needs_response" -> Stage.CHARGEBACK;
      case "under_review" -> Stage.CHARGEBACK_UNDER_REVIEW;
      case "won" -> Stage.WON;
      case "lost" -> Stage.LOST;
      case null, default -> null;
    };
  }

  private static @Nullable Instant time(@Nullable Long seconds) {
    return seconds != null && seconds >= 0 && seconds <= LAST_SECOND
        ? Instant.ofEpochSecond(seconds)
        : null;
  }

  static ForwardRequest evidence(ProviderOperation.SubmitEvidence submit) {
    BodyBuilder texts = new BodyBuilder();
    submit.evidence().forEach(texts::text);
    return new ForwardRequest(
        "stripe.evidence",
        Map.of("dispute", submit.providerReference()),
        new BodyBuilder()
            .put("evidence", texts)
            .put("metadata", new BodyBuilder().put(ANSWERED, submit.id()))
            .build());
  }

  static ForwardRequest acceptance(ProviderOperation.AcceptDispute accept) {
    return new ForwardRequest(
        "stripe.accept", Map.of("dispute", accept.providerReference()), Map.of());
  }

  /** The dispute itself: whether a response was taken is to be seen there. */
  static ForwardRequest lookup(ProviderOperation.Lookup lookup) {
    if (lookup.authorization() == null) {
      throw new IllegalArgumentException("a look-up of " + lookup.kind() + " needs its dispute");
    }
    return new ForwardRequest("stripe.dispute", Map.of("dispute", lookup.authorization()), null);
  }

  static ProviderResult answered(String operation, String dispute, JsonTree answer) {
    return answer.at("id").is(dispute) && answer.at("metadata", ANSWERED).is(operation)
        ? new Approved(dispute, Details.NONE)
        : new Unknown("Stripe's answer is about another dispute or response");
  }

  /** Whoever accepts loses, at once. */
  static ProviderResult accepted(String dispute, JsonTree answer) {
    if (!answer.at("id").is(dispute)) {
      return new Unknown("Stripe's answer is about another dispute");
    }
    Stage stage = stage(answer.at("status").text());
    return stage == Stage.LOST || stage == Stage.INQUIRY_CLOSED
        ? new Approved(dispute, Details.NONE)
        : new Unknown("Stripe has not closed the dispute");
  }

  static ProviderResult found(ProviderOperation.Lookup lookup, JsonTree answer) {
    String id = answer.at("id").id();
    if (id == null || !id.equals(lookup.authorization())) {
      return new Unknown("Stripe's answer is about another dispute");
    }
    boolean done =
        switch (lookup.kind()) {
          case SUBMIT_EVIDENCE -> answer.at("metadata", ANSWERED).is(lookup.id());
          case ACCEPT_DISPUTE -> accepted(id, answer) instanceof Approved;
          case AUTHORIZE, COMPLETE, CAPTURE, CANCEL, REFUND -> false;
        };
    return done ? new Approved(id, Details.NONE) : new NotFound();
  }
}
