/** Payment methods: what the gateway may know of a card that lies in the vault. */
@NullMarked
package dev.portcullis.gateway.paymentmethods;

import org.jspecify.annotations.NullMarked;
