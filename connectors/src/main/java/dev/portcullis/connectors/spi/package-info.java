/**
 * What the gateway and a provider's connector say to each other.
 *
 * <p>Values and pure functions only: a connector describes a request and reads an answer. The vault
 * fills in the card, adds the credential and does the sending.
 */
@NullMarked
package dev.portcullis.connectors.spi;

import org.jspecify.annotations.NullMarked;
