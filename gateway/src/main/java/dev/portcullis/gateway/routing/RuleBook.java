package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.provider.ProviderAccount;
import dev.portcullis.gateway.provider.ProviderAccounts;
import dev.portcullis.gateway.routing.RulesTable.Activation;
import dev.portcullis.gateway.routing.RulesTable.Version;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.error.ErrorType;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Proposes rules, makes a version the one that routes, and goes back. */
@Component
final class RuleBook {

  private final RulesTable table;
  private final ActiveRules active;
  private final ProviderAccounts providers;
  private final TransactionTemplate transactions;
  private final AuditTrail audit;
  private final InstantSource clock;

  RuleBook(
      RulesTable table,
      ActiveRules active,
      ProviderAccounts providers,
      TransactionTemplate transactions,
      AuditTrail audit,
      InstantSource clock) {
    this.table = table;
    this.active = active;
    this.providers = providers;
    this.transactions = transactions;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Reads a document as it would be proposed.
   *
   * @throws ApiException 400 that names the member
   */
  Rules check(Tenant tenant, String document) {
    Set<String> names =
        providers.list(tenant.account(), tenant.livemode()).stream()
            .map(ProviderAccount::name)
            .collect(Collectors.toSet());
    return RulesReader.read(document, names::contains);
  }

  /**
   * Stores a document as the next version. It routes nothing yet.
   *
   * @throws ApiException 400 that names the member; 409 if somebody proposes at the same time
   */
  Version propose(Actor actor, Tenant tenant, String document) {
    check(tenant, document);
    return within(
        () -> {
          List<Version> newest = table.versions(tenant, 1);
          int number = newest.isEmpty() ? 1 : Math.addExact(newest.getFirst().number(), 1);
          Version version = new Version(number, now(), actor.name(), document);
          if (!table.add(tenant, version)) {
            throw changed("Somebody proposes rules at the same time. Try again.");
          }
          note(actor, tenant, "routing.proposed", number, 0);
          return version;
        });
  }

  /** The version that routes, 0 where there are no rules. */
  int active(Tenant tenant) {
    return version(table.activations(tenant, 1));
  }

  private static int version(List<Activation> newest) {
    return newest.isEmpty() ? 0 : newest.getFirst().version();
  }

  /**
   * Makes a version the one that routes: in this process at once, in the others within {@link
   * ActiveRules#STALE}.
   *
   * @param version 0 to route without rules
   * @param expected the version that routes now, as whoever activates has seen it
   * @throws ApiException 400 if the document does not fit the account's provider accounts any more;
   *     404 if there is no such version; 409 if another one routes than was expected
   */
  Activation activate(Actor actor, Tenant tenant, int version, int expected) {
    if (version > 0) {
      check(tenant, find(tenant, version).document());
    }
    return activate(actor, tenant, "routing.activated", expected, _ -> version);
  }

  /**
   * Goes back to the version that routed before, as it was then.
   *
   * @throws ApiException 409 if another version routes than was expected, or none ever did
   */
  Activation rollback(Actor actor, Tenant tenant, int expected) {
    return activate(
        actor,
        tenant,
        "routing.rolled_back",
        expected,
        newest -> {
          if (newest.isEmpty()) {
            throw changed("No rules were ever active: there is nothing to go back from.");
          }
          return newest.size() > 1 ? newest.get(1).version() : 0;
        });
  }

  private interface Choice {
    int of(List<Activation> newest);
  }

  private Activation activate(
      Actor actor, Tenant tenant, String action, int expected, Choice choice) {
    try {
      return within(
          () -> {
            List<Activation> newest = table.activations(tenant, 2);
            if (version(newest) != expected) {
              throw changed(
                  "The version " + version(newest) + " routes now, and not " + expected + ".");
            }
            int seq = newest.isEmpty() ? 1 : Math.addExact(newest.getFirst().seq(), 1);
            Activation activation = new Activation(seq, choice.of(newest), now(), actor.name());
            if (!table.add(tenant, activation)) {
              throw changed("Somebody activates rules at the same time. Look again.");
            }
            note(actor, tenant, action, activation.version(), expected);
            return activation;
          });
    } finally {
      active.forget(tenant);
    }
  }

  /**
   * A version.
   *
   * @throws ApiException 404 if there is none
   */
  Version find(Tenant tenant, int version) {
    return table
        .version(tenant, version)
        .orElseThrow(
            () ->
                new ApiException(
                    ApiErrors.noSuch(
                        "version of routing rules", Integer.toString(version), "version")));
  }

  private <T> T within(Supplier<T> step) {
    return Objects.requireNonNull(transactions.execute(_ -> step.get()));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static ApiException changed(String sentence) {
    return new ApiException(
        ApiError.of(409, ErrorType.INVALID_REQUEST_ERROR, sentence).withCode("routing_changed"));
  }

  private void note(Actor actor, Tenant tenant, String action, int version, int before) {
    Map<String, Object> detail =
        before == 0 && action.equals("routing.proposed")
            ? Map.of("livemode", tenant.livemode())
            : Map.of("livemode", tenant.livemode(), "before", before);
    audit.append(actor, action, tenant.account(), "version " + version, Json.writeString(detail));
  }
}
