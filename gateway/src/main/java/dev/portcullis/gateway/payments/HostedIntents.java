package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Sender;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.kit.Ids;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.params.JsonParams;
import dev.portcullis.wire.params.Shape;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What a page of our own needs of the payment core: an intent that is made with the page's own
 * commit, confirmed as any page confirms it, looked at and given up. Whoever asks for one intent
 * twice is charged once, because a confirmation is a step from one version of it to the next.
 */
@Component
public final class HostedIntents {

  private static final Logger LOG = Logger.getLogger(HostedIntents.class.getName());
  private static final String PAYMENT = "payment_intent";
  private static final String SETUP = "setup_intent";

  private final PaymentStore store;
  private final PaymentIntentRoutes payments;
  private final SetupIntentRoutes setups;
  private final ClientSecrets secrets;
  private final Ids ids;
  private final InstantSource clock;

  HostedIntents(
      PaymentStore store,
      PaymentIntentRoutes payments,
      SetupIntentRoutes setups,
      ClientSecrets secrets,
      Ids ids,
      InstantSource clock) {
    this.store = store;
    this.payments = payments;
    this.setups = setups;
    this.secrets = secrets;
    this.ids = ids;
    this.clock = clock;
  }

  /** How an intent stands, as far as a page has to know. */
  public enum Stage {
    /** It can be confirmed: for the first time, or again after a decline. */
    OPEN,
    /** The shopper has to do something. */
    ACTION,
    /** The provider's answer is awaited. */
    PROCESSING,
    /** The money is reserved, to be captured by the merchant. */
    RESERVED,
    SUCCEEDED,
    CANCELED
  }

  /**
   * Which intent.
   *
   * @param id {@code pi_...} or {@code seti_...}
   * @param setup whether it is a set-up
   */
  public record Ref(String id, boolean setup) {
    /** What the API calls an object of its type. */
    public String object() {
      return setup ? SETUP : PAYMENT;
    }
  }

  /**
   * An intent as it stands.
   *
   * @param amount what is to be paid; null for a set-up
   * @param paymentMethod what it was confirmed with last, or null
   * @param declined why the last attempt failed: the decline code, or else the error's; or null
   * @param since when the provider was asked for what is awaited, or was the last, or null where it
   *     never was
   */
  public record Seen(
      Ref ref,
      Stage stage,
      @Nullable Money amount,
      @Nullable String paymentMethod,
      @Nullable String declined,
      @Nullable Instant since) {}

  /**
   * What is to be paid.
   *
   * @param amount null for a set-up
   * @param details in the API's form; see {@link PaymentIntent#details()}
   */
  public record Wanted(
      @Nullable Money amount,
      @Nullable String customer,
      @Nullable String setupFutureUsage,
      Map<String, @Nullable Object> details) {}

  /** A new intent, and the change that makes it, to which the caller adds what goes with it. */
  public record Begun(Ref ref, Change.Builder change) {}

  /** A new intent that nobody has confirmed; nothing is written yet. */
  public Begun begin(Principal principal, Wanted wanted, String requestId) {
    boolean setup = wanted.amount() == null;
    Head head =
        Head.fresh(
            ids.next(setup ? "seti" : "pi"),
            principal.account(),
            principal.livemode(),
            clock.instant());
    Transition created =
        setup
            ? SetupMachine.create(
                head,
                new SetupIntent.Terms(wanted.customer(), null, "off_session", null),
                wanted.details())
            : PaymentMachine.create(head, terms(wanted), wanted.details());
    Step step =
        new Step(principal.account(), principal.livemode(), ids, head.created())
            .take(created, new Operation.Caller(requestId, null));
    return new Begun(new Ref(head.id(), setup), step.change());
  }

  private static PaymentIntent.Terms terms(Wanted wanted) {
    return new PaymentIntent.Terms(
        Objects.requireNonNull(wanted.amount()),
        "manual".equals(wanted.details().get("capture_method")),
        false,
        wanted.customer(),
        null,
        wanted.setupFutureUsage(),
        null);
  }

  /**
   * Confirms the intent for the shopper at the page.
   *
   * @param page the publishable key that the page has
   * @param sent the parameters of a confirmation by a page, without the client secret
   * @throws ApiException whatever a page would be answered that confirms it; a decline is none, and
   *     {@link #see} tells of it
   */
  public void confirm(
      Principal page, Ref ref, Map<String, ?> sent, String requestId, Sender sender) {
    Map<String, Object> parameters = new java.util.LinkedHashMap<>(sent);
    parameters.put("client_secret", secrets.of(ref.id()));
    Shape shape = ref.setup() ? IntentParams.SETUP_CONFIRM : IntentParams.CONFIRM;
    ApiRequest request = request(page, ref, shape, parameters, requestId, sender);
    note(ref, ref.setup() ? setups.confirm(request) : payments.confirm(request));
  }

  /** What came of it is looked at on the intent itself, by whoever asks. */
  private static void note(Ref ref, Reply reply) {
    LOG.log(Level.FINE, "{0} was answered with {1}", new Object[] {ref.id(), reply.status()});
  }

  private static ApiRequest request(
      Principal principal,
      Ref ref,
      Shape shape,
      Map<String, ?> sent,
      String requestId,
      Sender sender) {
    return new ApiRequest(
        principal,
        requestId,
        Map.of("id", ref.id()),
        shape.read(JsonParams.decode(Json.write(sent))),
        List.of(),
        Optional.empty(),
        sender);
  }

  /**
   * Leaves the challenge that the intent waits for, so that it can be paid in another way.
   *
   * @param page the publishable key that the page has
   * @return how the intent stands then; still {@link Stage#ACTION} if nobody can tell what has
   *     become of the challenge
   * @throws ApiException 409 if it changed meanwhile
   */
  public Optional<Seen> leave(Principal page, Ref ref, String requestId) {
    Map<String, Object> sent = Map.of("client_secret", secrets.of(ref.id()));
    ApiRequest request = request(page, ref, IntentParams.LEAVE, sent, requestId, Sender.at(""));
    note(ref, ref.setup() ? setups.leave(request) : payments.leave(request));
    return see(page, ref);
  }

  /**
   * Gives the intent up, unless it is too late.
   *
   * @throws ApiException 400 if it is paid, reserved, under way or canceled, 409 if it changed
   *     meanwhile
   */
  public void giveUp(Principal principal, Ref ref, String requestId) {
    Shape shape = ref.setup() ? IntentParams.SETUP_CANCEL : IntentParams.CANCEL;
    ApiRequest request =
        request(
            gateway(principal),
            ref,
            shape,
            Map.of("cancellation_reason", "abandoned"),
            requestId,
            Sender.at(""));
    note(ref, ref.setup() ? setups.cancel(request) : payments.giveUp(request));
  }

  /**
   * Changes what was said of an open payment at an earlier attempt.
   *
   * @param sent parameters of an update by the merchant
   * @throws ApiException 400 if it is no longer open, 409 if it changed meanwhile
   */
  public void update(Principal principal, Ref ref, Map<String, ?> sent, String requestId) {
    note(
        ref,
        payments.update(
            request(gateway(principal), ref, IntentParams.UPDATE, sent, requestId, Sender.at(""))));
  }

  private static Principal gateway(Principal page) {
    return Settlement.principal(page.account(), page.livemode());
  }

  /** How the intent stands; empty if there is none. */
  public Optional<Seen> see(Principal principal, Ref ref) {
    return ref.setup()
        ? store.setupIntent(principal, ref.id()).map(intent -> seen(principal, ref, intent))
        : store.paymentIntent(principal, ref.id()).map(intent -> seen(principal, ref, intent));
  }

  private Seen seen(Principal principal, Ref ref, PaymentIntent intent) {
    Stage stage =
        switch (intent.status()) {
          case REQUIRES_PAYMENT_METHOD -> Stage.OPEN;
          case REQUIRES_CONFIRMATION ->
              intent.awaitsSecondConfirmation() ? Stage.RESERVED : Stage.OPEN;
          case REQUIRES_ACTION -> Stage.ACTION;
          case PROCESSING -> Stage.PROCESSING;
          case REQUIRES_CAPTURE -> Stage.RESERVED;
          case SUCCEEDED -> Stage.SUCCEEDED;
          case CANCELED -> Stage.CANCELED;
        };
    return new Seen(
        ref,
        stage,
        intent.amount(),
        intent.terms().paymentMethod(),
        declined(intent.progress().lastError()),
        begun(principal, intent.progress().operation()));
  }

  private Seen seen(Principal principal, Ref ref, SetupIntent intent) {
    Stage stage =
        switch (intent.status()) {
          case REQUIRES_PAYMENT_METHOD, REQUIRES_CONFIRMATION -> Stage.OPEN;
          case REQUIRES_ACTION -> Stage.ACTION;
          case PROCESSING -> Stage.PROCESSING;
          case SUCCEEDED -> Stage.SUCCEEDED;
          case CANCELED -> Stage.CANCELED;
        };
    return new Seen(
        ref,
        stage,
        null,
        intent.terms().paymentMethod(),
        declined(intent.progress().lastError()),
        begun(principal, intent.progress().operation()));
  }

  private @Nullable Instant begun(Principal principal, @Nullable String operation) {
    return operation == null
        ? null
        : store
            .operation(principal.account(), operation)
            .map(under -> under.head().created())
            .orElse(null);
  }

  private static @Nullable String declined(@Nullable Map<String, @Nullable Object> error) {
    if (error == null) {
      return null;
    }
    return error.get("decline_code") instanceof String decline
        ? decline
        : String.valueOf(error.getOrDefault("code", "card_declined"));
  }

  /** What lets the page's script look at the intent and open its challenge. */
  public String clientSecret(Ref ref) {
    return secrets.of(ref.id());
  }
}
