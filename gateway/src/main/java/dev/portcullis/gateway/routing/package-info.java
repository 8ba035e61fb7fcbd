/**
 * Which provider account a payment goes to, and why: rules as data, health, what providers approve
 * and cost, and every decision on record. It knows nothing of the payment core, which asks it.
 */
@NullMarked
package dev.portcullis.gateway.routing;

import org.jspecify.annotations.NullMarked;
