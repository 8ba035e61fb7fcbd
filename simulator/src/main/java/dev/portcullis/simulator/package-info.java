/**
 * A pretended provider over real HTTPS, with a ledger of its own: what it charged can be compared
 * with what the gateway believes.
 */
@NullMarked
package dev.portcullis.simulator;

import org.jspecify.annotations.NullMarked;
