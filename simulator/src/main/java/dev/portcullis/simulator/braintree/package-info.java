/** Braintree over books of its own: GraphQL, and the XML that its official clients speak. */
@NullMarked
package dev.portcullis.simulator.braintree;

import org.jspecify.annotations.NullMarked;
