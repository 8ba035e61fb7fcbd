/**
 * Payments, set-ups, charges and refunds: values, the pure state machine over them, their stored
 * and their wire form, and their routes.
 */
@NullMarked
package dev.portcullis.gateway.payments;

import org.jspecify.annotations.NullMarked;
