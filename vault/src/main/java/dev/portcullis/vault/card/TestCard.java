package dev.portcullis.vault.card;

/**
 * A documented test card.
 *
 * @param number its digits; published, so a plain text
 * @param facts what it says of itself
 */
record TestCard(String number, CardFacts facts) {}
