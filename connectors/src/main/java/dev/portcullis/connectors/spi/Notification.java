package dev.portcullis.connectors.spi;

import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a provider tells by itself. Whoever acts on it has had the vault verify it. */
public sealed interface Notification {

  /**
   * What became of an operation. Notifications come late, twice and out of order: {@code id} tells
   * the second from the first, {@code at} the older from the newer. Nothing is in it that the
   * provider did not sign.
   *
   * @param id what the notification is known again by
   * @param about which operation it is about
   * @param result what became of it, as {@link Connector#interpret} would say it. An approval is
   *     one of {@code amount}: whoever takes it holds that against the operation's own
   * @param amount how much it is about, or null when not said
   * @param at when it happened, by the provider's clock; null where the provider signs no time
   */
  record Outcome(
      String id, About about, ProviderResult result, @Nullable Money amount, @Nullable Instant at)
      implements Notification {
    /** Refuses what is missing. */
    public Outcome {
      Objects.requireNonNull(id);
      Objects.requireNonNull(about);
      Objects.requireNonNull(result);
    }
  }

  /**
   * How a provider names an operation. What follows an authorization is found by the provider's own
   * reference first: some providers give the authorization's reference with it.
   *
   * @param reference the reference that the provider was given
   * @param kind what the operation was
   * @param providerReference the provider's name for it, or null
   * @param authorization the provider's name for the authorization that it belongs to, or null
   */
  record About(
      String reference,
      OperationKind kind,
      @Nullable String providerReference,
      @Nullable String authorization) {
    /** Refuses what is missing. */
    public About {
      Objects.requireNonNull(reference);
      Objects.requireNonNull(kind);
    }
  }

  /**
   * A dispute has come to stand so. Nothing is in it that the provider did not sign; when it began
   * and until when evidence is taken is signed by none.
   *
   * @param id what the notification is known again by
   * @param reference the provider's name for the dispute
   * @param operation the reference that the provider was given for the disputed authorization
   * @param sequence grows from each kind of event of a dispute to the next, whenever they come
   * @param amount what the event moved, or since it is; more than zero
   * @param stage where it stands
   * @param telling whether the amount is a {@code MOVE} or a {@code STATE}; no event has another
   */
  record Disputed(
      String id,
      String reference,
      String operation,
      long sequence,
      Money amount,
      DisputeNotice.Stage stage,
      DisputeNotice.Telling telling)
      implements Notification {

    /** Refuses what no dispute is. */
    public Disputed {
      Objects.requireNonNull(id);
      if (sequence < 1 || !amount.isPositive()) {
        throw new IllegalArgumentException("a dispute has a sequence and an amount");
      }
      if (telling == DisputeNotice.Telling.STANDING) {
        throw new IllegalArgumentException("events come in any order");
      }
    }

    /**
     * The same as a list of disputes would say it. Why is not signed either.
     *
     * @param received when it came
     */
    public DisputeNotice notice(Instant received) {
      return new DisputeNotice(
          reference,
          operation,
          sequence,
          amount,
          DisputeNotice.GENERAL,
          null,
          stage,
          received,
          null,
          telling);
    }
  }

  /**
   * Disputes have changed, and their list says how they stand: there is a reason to read it now.
   *
   * @param id what the notification is known again by
   */
  record DisputesChanged(String id) implements Notification {
    /** Refuses what is missing. */
    public DisputesChanged {
      Objects.requireNonNull(id);
    }
  }

  /**
   * It is about something else: a report, an object that was made elsewhere.
   *
   * @param type the provider's word for it, bounded
   */
  record Other(String type) implements Notification {}

  /**
   * It is not understood, and nothing may be concluded from it.
   *
   * @param reason a sentence for an operator; holds no secret and no card value
   */
  record Unread(String reason) implements Notification {}
}
