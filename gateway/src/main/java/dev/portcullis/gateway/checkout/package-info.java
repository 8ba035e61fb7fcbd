/** Checkout sessions: what a shopper is to be asked to pay for, until it is paid or too late. */
@NullMarked
package dev.portcullis.gateway.checkout;

import org.jspecify.annotations.NullMarked;
