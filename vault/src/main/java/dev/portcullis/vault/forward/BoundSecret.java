package dev.portcullis.vault.forward;

import dev.portcullis.kit.Secret;
import dev.portcullis.vault.secrets.ProviderSecret;

/**
 * A provider's secret with the one use that the vault's administration gave it: not for another
 * merchant's payment, not in the other mode, not at another host, whatever a policy or a caller
 * says.
 *
 * @param version what the log calls it, such as {@code stripe-live/3}
 */
public record BoundSecret(Secret secret, ProviderSecret.Use use, String version) {}
