/** The balance, from the lines of the ledger. */
@NullMarked
package dev.portcullis.gateway.balance;

import org.jspecify.annotations.NullMarked;
