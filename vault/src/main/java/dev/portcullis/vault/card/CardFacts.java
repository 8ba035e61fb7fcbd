package dev.portcullis.vault.card;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a card from its number alone. What is not known is said to be unknown.
 *
 * @param brand the scheme
 * @param funding {@code credit}, {@code debit}, {@code prepaid} or {@code unknown}
 * @param country the issuer's country, two capital letters, or null if unknown
 */
record CardFacts(CardBrand brand, String funding, @Nullable String country) {}
