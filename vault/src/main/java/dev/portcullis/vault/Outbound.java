package dev.portcullis.vault;

import dev.portcullis.kit.Ids;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.changes.ChangeKind;
import dev.portcullis.vault.changes.ChangeRoutes;
import dev.portcullis.vault.changes.Confirmations;
import dev.portcullis.vault.changes.FourEyes;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.forward.NotificationVerifier;
import dev.portcullis.vault.forward.PolicyChanges;
import dev.portcullis.vault.forward.PolicyRoutes;
import dev.portcullis.vault.forward.PolicyStore;
import dev.portcullis.vault.forward.ProviderCalls;
import dev.portcullis.vault.forward.Providers;
import dev.portcullis.vault.forward.RegistrationChanges;
import dev.portcullis.vault.forward.RegistrationCheck;
import dev.portcullis.vault.forward.RegistrationRoutes;
import dev.portcullis.vault.forward.RegistrationStore;
import dev.portcullis.vault.http.InternalRoutes;
import dev.portcullis.vault.http.RefusedCalls;
import dev.portcullis.vault.secrets.SecretChanges;
import dev.portcullis.vault.secrets.SecretRoutes;
import dev.portcullis.vault.secrets.SecretStore;
import dev.portcullis.vault.shredding.ShreddingRoutes;
import dev.portcullis.wire.admin.AdminRoute;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * What may go out and with what: policies, providers' secrets, and the administration of both.
 *
 * @param providers the providers that can be reached now
 * @param routes the commands of administration
 * @param changes what two people change, of whatever kind
 * @param registrations how it stands with what providers were told
 * @param access reads secrets
 */
record Outbound(
    Providers providers,
    List<AdminRoute> routes,
    FourEyes changes,
    RegistrationCheck registrations,
    SecretAccess access) {

  /**
   * Reads the policies and the secrets.
   *
   * @param others the kinds of changes that have nothing to do with what goes out
   * @throws SQLException if the database cannot be used
   * @throws dev.portcullis.vault.forward.PolicyException if a policy of the directory cannot be
   *     used
   */
  static Outbound open(
      VaultConfig config,
      DataSource database,
      DataKeys dataKeys,
      Ids ids,
      InstantSource clock,
      SecretAccess access,
      List<? extends ChangeKind> others)
      throws SQLException {
    VaultConfig.Egress egress = config.egress();
    Confirmations confirmations = new Confirmations(dataKeys);
    SecretStore secrets = new SecretStore(database, dataKeys, confirmations, access, clock);
    Providers providers =
        Providers.load(
            egress.policies(),
            new Providers.Access(egress.ca(), egress.names(), config.sandbox(), egress.secrets()),
            new Providers.Stored(
                database, secrets, confirmations, new AuditTrail(database, clock), clock),
            access);
    providers.refresh();
    RegistrationStore registrations = new RegistrationStore(database, clock);
    FourEyes changes =
        new FourEyes(
            database,
            ids,
            clock,
            config.admin().settling(),
            confirmations,
            Stream.of(
                    PolicyChanges.of(providers, clock),
                    SecretChanges.of(secrets, providers::refresh),
                    List.of(new RegistrationChanges(registrations, providers)),
                    others)
                .flatMap(List::stream)
                .toList());
    RegistrationCheck check = new RegistrationCheck(registrations, secrets);
    SecretRoutes secretRoutes = new SecretRoutes(secrets, changes, clock, providers::refresh);
    return new Outbound(
        providers,
        Stream.of(
                new ChangeRoutes(changes).routes(),
                secretRoutes.routes(),
                new RegistrationRoutes(
                        providers, registrations, check, secretRoutes, changes, new SecureRandom())
                    .routes(),
                new ShreddingRoutes(changes).routes(),
                new PolicyRoutes(providers, new PolicyStore(database), changes).routes())
            .flatMap(List::stream)
            .toList(),
        changes,
        check,
        access);
  }

  /** Whether a provider's notification is one. */
  NotificationVerifier notifications(RefusedCalls refused, InstantSource clock) {
    return new NotificationVerifier(providers, refused, clock, access);
  }

  /** What the gateway may ask about providers. */
  Map<String, InternalRoutes.Handler> calls() {
    ProviderCalls calls = new ProviderCalls(providers, registrations);
    return Map.of(
        "/internal/v1/providers", calls::list,
        "/internal/v1/providers/test", calls::test,
        "/internal/v1/providers/notifications", calls::notifications);
  }
}
