package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.connectors.spi.Manifest.Feature;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.gateway.provider.ProviderAccount;
import dev.portcullis.gateway.provider.ProviderAccounts;
import dev.portcullis.wire.error.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where operations go. What follows an authorization goes where that went; a new one to the first
 * of the account's providers that takes it. What no provider takes is refused before anything is
 * stored.
 */
public final class Ways {

  private final ProviderAccounts accounts;

  public Ways(ProviderAccounts accounts) {
    this.accounts = accounts;
  }

  /**
   * The attempt with its way.
   *
   * @throws ApiException 400 if no provider can be asked that
   */
  Attempt choose(Principal principal, Attempt attempt, Subject subject) {
    if (attempt.way() != null) {
      refusal(attempt.provider(), attempt.ask(), subject)
          .ifPresent(
              refused -> {
                throw new ApiException(Declines.rejected(refused));
              });
      return attempt;
    }
    return attempt.via(first(principal, attempt.ask()));
  }

  /** The way of a new authorization. */
  Way first(Principal principal, ProviderOperation ask) {
    List<Provider> able = new ArrayList<>();
    List<Rejected> refusals = new ArrayList<>();
    for (ProviderAccount each : accounts.list(principal.account(), principal.livemode())) {
      if (each.paused()) {
        continue;
      }
      Optional<Rejected> refusal = ProviderGate.manifest(each.connector()).refusal(ask);
      refusal.ifPresentOrElse(refusals::add, () -> able.add(each.provider()));
    }
    if (able.isEmpty()) {
      throw new ApiException(
          refusals.isEmpty()
              ? Declines.noProvider(principal.livemode())
              : Declines.rejected(refusals.getFirst()));
    }
    return new Way(able.getFirst(), 1, able.subList(1, able.size()));
  }

  private static Optional<Rejected> refusal(
      Provider provider, ProviderOperation ask, Subject subject) {
    Manifest manifest = ProviderGate.manifest(provider.connector());
    return manifest
        .refusal(ask)
        .or(
            () ->
                switch (ask) {
                  case ProviderOperation.Capture capture
                      when subject instanceof Subject.Payment(_, Charge charge)
                          && charge != null
                          && !capture.amount().equals(charge.amount()) ->
                      manifest.lacks(Feature.PARTIAL_CAPTURE);
                  case ProviderOperation.Refund refund
                      when subject instanceof Subject.Repayment(_, Charge charge)
                          && refund.amount().minorUnits() != charge.standing().captured() ->
                      manifest.lacks(Feature.PARTIAL_REFUND);
                  default -> Optional.empty();
                });
  }
}
