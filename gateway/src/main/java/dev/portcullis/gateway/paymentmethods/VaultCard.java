package dev.portcullis.gateway.paymentmethods;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the vault tells of a card that it keeps.
 *
 * @param id the payment method, {@code pm_...}
 * @param created when the vault made it
 * @param card brand, last4, exp_month, exp_year, funding, country, fingerprint, checks
 * @param billingDetails what was typed beside the card, or null where nothing was
 * @param metadata what was sent beside the card, empty where nothing was
 * @param allowRedisplay {@code always}, {@code limited} or {@code unspecified}
 */
public record VaultCard(
    String id,
    Instant created,
    Map<String, @Nullable Object> card,
    @Nullable Map<String, @Nullable Object> billingDetails,
    Map<String, @Nullable Object> metadata,
    String allowRedisplay) {}
