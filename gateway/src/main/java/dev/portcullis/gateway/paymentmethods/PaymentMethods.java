package dev.portcullis.gateway.paymentmethods;

import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Write;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds payment methods, in the database or, on first use, in the vault. */
@Component
public final class PaymentMethods {

  private static final String TEST_PREFIX = "pm_card_";
  private static final String TEST_TOKEN_PREFIX = "tok_";

  private final ObjectReader reader;
  private final CardVault vault;
  private final Commits commits;
  private final CardCheck check;
  private final CustomerLookup customers;
  private final CardBins bins;

  PaymentMethods(
      ObjectReader reader,
      CardVault vault,
      Commits commits,
      CardCheck check,
      CustomerLookup customers,
      CardBins bins) {
    this.bins = bins;
    this.customers = customers;
    this.reader = reader;
    this.vault = vault;
    this.commits = commits;
    this.check = check;
  }

  /**
   * Whether a payment method that belongs to nobody may become a customer's. Asks the provider.
   *
   * @param address the shopper's, or null where a server speaks for the shopper
   * @throws ApiException 400 if it is somebody's or was used up, 402 if its card is declined, 503
   *     if nobody can tell now
   */
  public void checkAttachable(
      Principal principal, PaymentMethod method, String customer, @Nullable String address) {
    if (method.customer() != null) {
      throw unexpected("The payment method you provided has already been attached to a customer.");
    }
    if (!method.isFree(null)) {
      throw unexpected(
          "This PaymentMethod was previously used without being attached to a Customer or was"
              + " detached from a Customer, and may not be used again.");
    }
    check.check(principal, method, customer, address);
  }

  static ApiException unexpected(String message) {
    return new ApiException(
        ApiErrors.invalid("payment_method", "payment_method_unexpected_state", message));
  }

  /**
   * A payment method that may still have to be stored: the writes go with the change that first
   * uses it, so that its use costs no commit of its own; after that commit, {@link #stored} tells
   * the vault.
   *
   * @param method the payment method
   * @param writes empty if it is stored already
   */
  public record Pulled(PaymentMethod method, List<Write> writes) {
    /** Takes a copy. */
    public Pulled {
      writes = List.copyOf(writes);
    }

    /** The payment method once it is attached to that customer, or to none. */
    public PaymentMethod attachedTo(@Nullable String customer) {
      PaymentMethod next = method.attachedTo(customer);
      return writes.isEmpty() ? next : next.asNew();
    }

    /** The payment method, which from this commit on pays for that payment alone. */
    public Pulled spentOn(String payment) {
      if (payment.equals(method.spentBy())) {
        return this;
      }
      PaymentMethod next =
          writes.isEmpty() ? method.spentOn(payment) : method.spentOn(payment).asNew();
      // Inserted, not ensured: of two payments that begin with one fresh card, the second must
      // fail.
      return new Pulled(next, List.of(write(next)));
    }

    /** Writes what {@link #attachedTo} or another change has made of the method. */
    public Write write(PaymentMethod next) {
      return writes.isEmpty()
          ? new Write.Update(PaymentMethod.TABLE, next.row())
          : new Write.Insert(PaymentMethod.TABLE, next.row());
    }
  }

  /** Those attached to a customer, at most 1,000. */
  public List<PaymentMethod> ofCustomer(Principal principal, String customer) {
    return reader.findBy(PaymentMethod.TABLE, principal, "customer", customer).stream()
        .map(PaymentMethod::of)
        .toList();
  }

  /**
   * The payment method, if a payment or set-up that its shopper agreed to may keep it.
   *
   * @param customer whose it is to be, or null where nobody was named
   * @param intent the payment or set-up
   */
  public Optional<PaymentMethod> keepable(
      Principal principal, String id, @Nullable String customer, String intent) {
    return find(principal, id)
        .filter(
            method ->
                method.customer() == null
                    ? method.isFree(intent)
                        && (customer == null || customers.isThere(principal, customer))
                    : method.customer().equals(customer));
  }

  /** A payment method that is stored already. */
  public Optional<PaymentMethod> find(Principal principal, String id) {
    return reader.find(PaymentMethod.TABLE, principal, id).map(PaymentMethod::of);
  }

  /**
   * The payment method of that id, from the vault if need be; or a new one for the name of a test
   * payment method.
   *
   * @param param the parameter that holds the id, for the error
   * @throws ApiException 404 if there is none, 503 if the vault cannot be reached
   */
  public Pulled resolve(Principal principal, String id, String param) {
    return resolve(principal, id, param, () -> find(principal, id));
  }

  /**
   * The same where somebody has looked already.
   *
   * @param stored the payment method, if it is stored; not asked for the name of a test's
   */
  public Pulled resolve(
      Principal principal, String id, String param, Supplier<Optional<PaymentMethod>> stored) {
    if (id.startsWith(TEST_PREFIX)) {
      return pulled(
          principal,
          vault
              .testPaymentMethod(principal, id)
              .orElseThrow(() -> new ApiException(ApiErrors.noSuch("PaymentMethod", id, param))));
    }
    Optional<PaymentMethod> known = stored.get();
    if (known.isPresent()) {
      return new Pulled(known.get(), List.of());
    }
    Optional<VaultCard> fresh =
        Ids.isWellFormed("pm", id) ? vault.lookup(principal, id) : Optional.empty();
    return pulled(
        principal,
        fresh.orElseThrow(() -> new ApiException(ApiErrors.noSuch("PaymentMethod", id, param))));
  }

  /**
   * A new payment method from a card token.
   *
   * @param param the parameter that holds the token, for the error
   * @throws ApiException 404 if there is no such token, 400 if it was used before
   */
  public Pulled fromToken(Principal principal, String token, String param) {
    try {
      Optional<VaultCard> card =
          token.startsWith(TEST_TOKEN_PREFIX)
              ? vault.fromToken(principal, token)
              : Optional.empty();
      return pulled(
          principal,
          card.orElseThrow(() -> new ApiException(ApiErrors.noSuch("token", token, param))));
    } catch (ApiException e) {
      throw "token_already_used".equals(e.error().code())
          ? new ApiException(e.error().withParam(param))
          : e;
    }
  }

  /**
   * A new payment method of what a request says of it in place.
   *
   * @param data {@code payment_method_data}: {@code card[token]}, and what goes beside the card
   * @throws ApiException as {@link #fromToken}
   */
  public Pulled ofData(Principal principal, Arguments data) {
    String token = data.hash("card").orElseThrow().requiredString("token");
    Pulled fresh = fromToken(principal, token, "payment_method_data[card][token]");
    PaymentMethod changed = fresh.method().changedBy(data);
    PaymentMethod first = changed.asNew();
    return new Pulled(first, List.of(new Write.Ensure(PaymentMethod.TABLE, first.row())));
  }

  /** Stores it now, if it is not; for a use that writes nothing else. */
  public PaymentMethod store(Principal principal, Pulled pulled) {
    if (!pulled.writes().isEmpty()) {
      commits.commit(new Change(principal.account(), principal.livemode(), pulled.writes()));
      stored(principal, pulled);
    }
    return pulled.method();
  }

  /** Lets the vault delete the billing details that are durable here now. */
  public void stored(Principal principal, Pulled pulled) {
    boolean hasDetails =
        pulled.method().billingDetails().entrySet().stream()
            .anyMatch(
                member ->
                    member.getValue() != null
                        && !(member.getValue() instanceof java.util.Map<?, ?> address
                            && address.values().stream().allMatch(v -> v == null)));
    if (!pulled.writes().isEmpty() && hasDetails) {
      vault.release(principal, pulled.method().id());
    }
  }

  private Pulled pulled(Principal principal, VaultCard card) {
    PaymentMethod method = PaymentMethod.of(card, principal.livemode());
    bins.came(principal.account(), method);
    return new Pulled(method, List.of(new Write.Ensure(PaymentMethod.TABLE, method.row())));
  }
}
