/** Braintree: its GraphQL API with cards that the vault fills in. */
@NullMarked
package dev.portcullis.connectors.braintree;

import org.jspecify.annotations.NullMarked;
