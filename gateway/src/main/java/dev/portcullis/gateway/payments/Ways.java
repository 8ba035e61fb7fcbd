package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.connectors.spi.Manifest.Feature;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.gateway.journal.Write;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.paymentmethods.CardBins;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.gateway.provider.ProviderAccount;
import dev.portcullis.gateway.provider.ProviderAccounts;
import dev.portcullis.gateway.routing.Candidate;
import dev.portcullis.gateway.routing.Facts;
import dev.portcullis.gateway.routing.Plan;
import dev.portcullis.gateway.routing.Retry;
import dev.portcullis.gateway.routing.RetryPlan;
import dev.portcullis.gateway.routing.Routing;
import dev.portcullis.gateway.routing.Tenant;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where operations go. What follows an authorization goes where that went; where a new one goes,
 * the account's routing says. What no provider takes is refused before anything is stored.
 */
public final class Ways {

  private final ProviderAccounts accounts;
  private final Routing routing;
  private final CardBins bins;
  private final ReturnUrls returnUrls;
  private final Ids ids;
  private final InstantSource clock;

  public Ways(
      ProviderAccounts accounts,
      Routing routing,
      CardBins bins,
      ReturnUrls returnUrls,
      Ids ids,
      InstantSource clock) {
    this.accounts = accounts;
    this.routing = routing;
    this.bins = bins;
    this.returnUrls = returnUrls;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * An attempt and how its way was chosen.
   *
   * @param routed the choice, or null where there was none
   */
  record Chosen(Attempt attempt, Routing.@Nullable Routed routed) {

    /** The row that says why, for the commit that stores the operation. */
    List<Write> decision(Instant now) {
      return routed == null ? List.of() : List.of(routed.decision().write(attempt.ask().id(), now));
    }

    /**
     * How the call ended; to be told once it has. What no provider was asked says nothing of it.
     */
    void ended(Sent sent) {
      Duration took = sent.took();
      if (took == null) {
        unused();
      } else {
        ended(sent.result(), took);
      }
    }

    void ended(ProviderResult result, Duration took) {
      if (routed != null) {
        routed.ended(result, took);
      }
    }

    /** No call was made. */
    void unused() {
      if (routed != null) {
        routed.unused();
      }
    }
  }

  /**
   * The attempt with its way.
   *
   * @throws ApiException 400 if no provider can be asked that
   */
  Chosen choose(Principal principal, Attempt attempt, Subject subject) {
    if (attempt.way() == null) {
      return first(principal, attempt, metadata(subject));
    }
    refusal(attempt.provider(), attempt.ask(), subject)
        .ifPresent(
            refused -> {
              throw new ApiException(Declines.rejected(refused));
            });
    return new Chosen(attempt, null);
  }

  /**
   * A new authorization with its way.
   *
   * @throws ApiException 400 if no provider can be asked that
   */
  Chosen first(Principal principal, Attempt attempt, Map<String, String> metadata) {
    List<ProviderAccount> all = accounts.list(principal.account(), principal.livemode());
    Routing.Routed routed = route(principal, attempt, metadata, all, List.of());
    return chosen(attempt, all, routed, List.of())
        .orElseThrow(
            () ->
                new ApiException(
                    nobody(all, attempt.ask(), principal.livemode()),
                    new NobodyException(leftOut(routed.decision().plan()))));
  }

  /** Why each provider account was left out, for the log. */
  private static final class NobodyException extends Exception {
    private static final long serialVersionUID = 1L;

    NobodyException(String leftOut) {
      // It is thrown by nobody: no stack trace is taken.
      super(leftOut, null, false, false);
    }
  }

  private static String leftOut(Plan plan) {
    return plan.explanation().providers().stream()
        .map(each -> each.provider() + ": " + each.reason())
        .collect(Collectors.joining("; "));
  }

  /**
   * The same asked of another provider, after one has failed for certain; empty where that is not
   * to be, or nobody is left.
   *
   * @param unsent whether it is certain that the provider never got it
   */
  Optional<Chosen> again(Operation failed, Subject subject, ProviderResult result, boolean unsent) {
    Attempt attempt = failed.attempt();
    if (!(attempt.ask() instanceof Authorize ask)) {
      return Optional.empty();
    }
    List<String> tried = attempt.chosen().failed();
    boolean may = unsent ? tried.size() < Retry.MOST_PROVIDERS : mayBeRetried(failed, ask, result);
    if (!may) {
      return Optional.empty();
    }
    Principal principal = Settlement.principal(failed.head());
    String id = ids.next("op");
    Challenge challenge =
        new Challenge(
            ask.challenge().wish(),
            returnUrls.of(principal.account(), id),
            ask.challenge().browser());
    Authorize next =
        new Authorize(id, ask.amount(), ask.capture(), ask.use(), ask.shopper(), challenge);
    Attempt asking = attempt.asking(next);
    List<ProviderAccount> all = accounts.list(principal.account(), principal.livemode());
    return chosen(asking, all, route(principal, asking, metadata(subject), all, tried), tried);
  }

  /** What went before only ever speaks against it, so it is read where nothing else does. */
  private boolean mayBeRetried(Operation failed, Authorize ask, ProviderResult result) {
    Instant now = clock.instant();
    int asked = failed.attempt().chosen().failed().size();
    Facts.Card card = card(failed.attempt().paymentMethod(), null);
    boolean offSession = ask.use().initiator() == Initiator.MERCHANT;
    // This one is not stored as declined yet.
    List<Instant> attempts = new ArrayList<>(List.of(now));
    Retry alone =
        Retry.after(result, new Retry.Past(now, card.brand(), offSession, asked, attempts));
    if (!(alone instanceof Retry.NextProvider)) {
      return false;
    }
    Tenant tenant = new Tenant(failed.head().account(), failed.head().livemode());
    attempts.addAll(routing.declines(tenant, card, failed.attempt().object(), now));
    return Retry.after(result, new Retry.Past(now, card.brand(), offSession, asked, attempts))
        instanceof Retry.NextProvider;
  }

  /**
   * The plan to try that again at another time; empty where nothing is to follow. Only of a
   * merchant's own charge of a customer's card: a shopper who is there chooses.
   */
  Optional<RetryPlan> later(Operation failed, ProviderResult result) {
    Attempt attempt = failed.attempt();
    boolean own =
        attempt.ask() instanceof Authorize ask
            && ask.use().initiator() == Initiator.MERCHANT
            && ask.amount().isPositive()
            && attempt.paymentMethod().get("customer") instanceof String;
    if (!own || !(result instanceof ProviderResult.Declined declined)) {
      return Optional.empty();
    }
    Routing.Charge charge =
        new Routing.Charge(
            new Tenant(failed.head().account(), failed.head().livemode()),
            attempt.object(),
            failed.head().id(),
            card(attempt.paymentMethod(), null));
    return routing.later(charge, declined, clock.instant());
  }

  /** Why a charge is not tried again after all; empty if nothing speaks against it. */
  Optional<String> obstacle(
      Principal principal, RetryPlan plan, Map<String, @Nullable Object> paymentMethod) {
    return routing.obstacle(
        new Tenant(principal.account(), principal.livemode()),
        plan,
        card(paymentMethod, null),
        clock.instant());
  }

  private Routing.Routed route(
      Principal principal,
      Attempt attempt,
      Map<String, String> metadata,
      List<ProviderAccount> all,
      List<String> tried) {
    // One that has no choice is not worth a query.
    String bin =
        all.size() > 1 ? bins.of(principal.account(), String.valueOf(attempt.token())) : null;
    return routing.decide(
        new Tenant(principal.account(), principal.livemode()),
        all.stream().map(each -> candidate(each, tried)).toList(),
        facts(attempt, bin, metadata, tried.size() + 1));
  }

  private static Optional<Chosen> chosen(
      Attempt attempt, List<ProviderAccount> all, Routing.Routed routed, List<String> tried) {
    if (!routed.decision().leadsSomewhere()) {
      return Optional.empty();
    }
    String name = routed.decision().provider();
    return all.stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .map(each -> new Chosen(attempt.via(new Way(each.provider(), tried)), routed));
  }

  private static Candidate candidate(ProviderAccount account, List<String> tried) {
    Candidate candidate = Candidate.of(account);
    return tried.contains(account.name()) ? candidate.tried() : candidate;
  }

  private Facts facts(
      Attempt attempt, @Nullable String bin, Map<String, String> metadata, int number) {
    Authorize ask = (Authorize) attempt.ask();
    return new Facts(
        attempt.object(),
        number,
        clock.instant(),
        ask.amount(),
        card(attempt.paymentMethod(), bin),
        upper(
            map(map(attempt.paymentMethod().get("billing_details")).get("address")).get("country")),
        metadata,
        new Facts.Terms(
            ask.use().initiator() == Initiator.MERCHANT,
            ask.capture(),
            ask.challenge().wish().isDemand()));
  }

  private static Facts.Card card(
      Map<String, @Nullable Object> paymentMethod, @Nullable String bin) {
    Map<?, ?> card = map(paymentMethod.get("card"));
    return new Facts.Card(
        word(card, "brand"),
        bin,
        word(card, "funding"),
        upper(card.get("country")),
        card.get("fingerprint") instanceof String fingerprint ? fingerprint : null);
  }

  private static String word(Map<?, ?> map, String name) {
    return map.get(name) instanceof String word ? word : "unknown";
  }

  private static @Nullable String upper(@Nullable Object country) {
    return country instanceof String text && text.length() == 2
        ? text.toUpperCase(Locale.ROOT)
        : null;
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static Map<String, String> metadata(Subject subject) {
    Map<?, ?> stored =
        map(
            switch (subject) {
              case Subject.Payment payment -> payment.intent().details().get("metadata");
              case Subject.Setup setup -> setup.intent().details().get("metadata");
              case Subject.Repayment _, Subject.Contested _ -> null;
            });
    Map<String, String> metadata = new LinkedHashMap<>();
    stored.forEach((key, value) -> metadata.put(String.valueOf(key), String.valueOf(value)));
    return metadata;
  }

  /** What to tell of a payment that nobody takes: what they cannot do, if that is why. */
  private static ApiError nobody(
      List<ProviderAccount> all, ProviderOperation ask, boolean livemode) {
    List<ProviderAccount> open = all.stream().filter(each -> !each.paused()).toList();
    return open.stream()
        .flatMap(each -> ProviderGate.manifest(each.connector()).refusal(ask).stream())
        .findFirst()
        .map(Declines::rejected)
        .orElseGet(() -> Declines.noProvider(missing(all, open), livemode));
  }

  private static Declines.Missing missing(List<ProviderAccount> all, List<ProviderAccount> open) {
    if (!open.isEmpty()) {
      return Declines.Missing.LEFT_OUT;
    }
    return all.isEmpty() ? Declines.Missing.NONE : Declines.Missing.PAUSED;
  }

  private static Optional<Rejected> refusal(
      Provider provider, ProviderOperation ask, Subject subject) {
    Manifest manifest = ProviderGate.manifest(provider.connector());
    return manifest.refusal(ask).or(() -> partial(manifest, ask, subject));
  }

  private static Optional<Rejected> partial(
      Manifest manifest, ProviderOperation ask, Subject subject) {
    return switch (ask) {
      case ProviderOperation.Capture capture
          when subject instanceof Subject.Payment(_, Charge charge)
              && charge != null
              && !capture.amount().equals(charge.amount()) ->
          manifest.lacks(Feature.PARTIAL_CAPTURE);
      case ProviderOperation.Refund refund
          when subject instanceof Subject.Repayment(_, Charge charge)
              && refund.amount().minorUnits() != charge.standing().captured() ->
          manifest.lacks(Feature.PARTIAL_REFUND);
      case ProviderOperation.Authorize _,
          ProviderOperation.Complete _,
          ProviderOperation.Capture _,
          ProviderOperation.Cancel _,
          ProviderOperation.Refund _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _,
          ProviderOperation.Lookup _ ->
          Optional.empty();
    };
  }
}
