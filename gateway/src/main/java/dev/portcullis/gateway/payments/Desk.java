package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.customers.Customers;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.journal.Write;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.gateway.paymentmethods.PaymentMethods;
import dev.portcullis.gateway.paymentmethods.PaymentMethods.Pulled;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.params.Arguments;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What the routes of the payment core have in common. */
@Component
final class Desk {

  private final PaymentMethods paymentMethods;
  private final Customers customers;
  private final Commits commits;
  private final Views views;
  private final ClientSecrets secrets;
  private final Ids ids;
  private final InstantSource clock;

  Desk(
      PaymentMethods paymentMethods,
      Customers customers,
      Commits commits,
      Views views,
      ClientSecrets secrets,
      Ids ids,
      InstantSource clock) {
    this.paymentMethods = paymentMethods;
    this.customers = customers;
    this.commits = commits;
    this.views = views;
    this.secrets = secrets;
    this.ids = ids;
    this.clock = clock;
  }

  String next(String prefix) {
    return ids.next(prefix);
  }

  Instant now() {
    return clock.instant();
  }

  Views views() {
    return views;
  }

  Head fresh(ApiRequest request, String prefix) {
    Principal principal = request.principal();
    return Head.fresh(ids.next(prefix), principal.account(), principal.livemode(), now());
  }

  static Operation.Caller caller(ApiRequest request) {
    return new Operation.Caller(request.requestId(), request.idempotency().orElse(null));
  }

  /**
   * The payment method that the request names, by id, by a test's name or by a token; null if it
   * names none.
   */
  @Nullable Pulled paymentMethod(Principal principal, Arguments sent) {
    return paymentMethod(principal, sent, id -> paymentMethods.find(principal, id));
  }

  /**
   * The same where what the request names has been looked up.
   *
   * @param stored finds what is stored
   */
  @Nullable Pulled paymentMethod(
      Principal principal, Arguments sent, Function<String, Optional<PaymentMethod>> stored) {
    if (sent.has("payment_method_data") && sent.has("payment_method")) {
      throw new ApiException(
          ApiErrors.invalid(
              "payment_method_data",
              "parameter_invalid",
              "You may name only one of payment_method and payment_method_data."));
    }
    Arguments data = sent.hash("payment_method_data").orElse(null);
    if (data != null) {
      return paymentMethods.ofData(principal, data);
    }
    return sent.string("payment_method").map(id -> resolve(principal, id, stored)).orElse(null);
  }

  /** The payment method that an intent or a mandate was given before. */
  Pulled known(Principal principal, String id) {
    return resolve(principal, id, each -> paymentMethods.find(principal, each));
  }

  /**
   * A payment method of that id.
   *
   * @param stored finds what is stored
   */
  Pulled resolve(Principal principal, String id, Function<String, Optional<PaymentMethod>> stored) {
    return paymentMethods.resolve(principal, id, "payment_method", () -> stored.apply(id));
  }

  /**
   * A customer's card pays for that customer alone; a customer has to be there. A card that was
   * used up pays for the payment that did so alone.
   *
   * @param intent the intent that is to be paid with it, or null for a new one
   */
  void check(
      Principal principal,
      @Nullable String customer,
      @Nullable Pulled pulled,
      @Nullable String intent) {
    check(customer, pulled, intent, id -> customers.isThere(principal, id));
  }

  /**
   * The same where what the request names has been looked up.
   *
   * @param customers says whether a customer is there
   */
  static void check(
      @Nullable String customer,
      @Nullable Pulled pulled,
      @Nullable String intent,
      Predicate<String> customers) {
    if (pulled != null && !pulled.method().isFree(intent)) {
      throw new ApiException(
          ApiErrors.invalid(
              "payment_method",
              "payment_method_unexpected_state",
              "The provided PaymentMethod was previously used with a PaymentIntent without Customer"
                  + " attachment or was detached from a Customer. It may not be used again. To use"
                  + " a PaymentMethod multiple times, you must attach it to a Customer first."));
    }
    if (customer != null && !customers.test(customer)) {
      throw new ApiException(ApiErrors.noSuch("customer", customer, "customer"));
    }
    String owner = pulled == null ? null : pulled.method().customer();
    if (owner != null && !owner.equals(customer)) {
      throw new ApiException(
          ApiErrors.invalid(
              "payment_method",
              "payment_method_customer_mismatch",
              "The provided PaymentMethod belongs to a Customer. You must provide that Customer"
                  + " when using this PaymentMethod."));
    }
  }

  static String id(@Nullable Pulled pulled, @Nullable String otherwise) {
    return Objects.requireNonNullElse(pulled == null ? otherwise : pulled.method().id(), "");
  }

  static @Nullable String idOrNull(@Nullable Pulled pulled) {
    return pulled == null ? null : pulled.method().id();
  }

  static List<Write> writes(@Nullable Pulled pulled) {
    return pulled == null ? List.of() : pulled.writes();
  }

  /** Tells the vault that what it still kept for us is durable here. */
  void stored(Principal principal, @Nullable Pulled pulled) {
    if (pulled != null && !pulled.writes().isEmpty()) {
      paymentMethods.stored(principal, pulled);
    }
  }

  /** The transition, or the refusal as an error that carries the object. */
  Transition require(Decision decision, Entity subject) {
    return switch (decision) {
      case Transition transition -> transition;
      case Decision.Refusal(var error) ->
          throw new ApiException(error.with(subject.object(), views.render(subject)));
    };
  }

  /** Makes a step without a provider durable, together with its answer. */
  Reply commit(ApiRequest request, Transition transition, Entity shown, List<Write> writes) {
    Principal principal = request.principal();
    Operation.Caller caller = caller(request);
    Reply reply = views.reply(shown, transition.error());
    Step step =
        new Step(principal.account(), principal.livemode(), ids, now()).take(transition, caller);
    step.write(writes);
    request
        .idempotency()
        .ifPresent(
            use -> step.change().done(use, now(), reply.status(), Json.writeString(reply.body())));
    commits.commit(step.change().build());
    return reply;
  }

  /**
   * A page's key may touch an intent only with its client secret.
   *
   * @throws ApiException 404 as if there were none, if the secret is missing or wrong
   */
  void checkClientSecret(ApiRequest request, String object, String id) {
    String presented = request.arguments().string("client_secret").orElse(null);
    boolean right = presented != null && secrets.matches(id, presented);
    if (!right && (request.principal().isPublishable() || presented != null)) {
      throw new ApiException(ApiErrors.noSuch(object, id, "intent"));
    }
  }
}
