/** The balance, from the lines of the ledger, and the transactions that moved it. */
@NullMarked
package dev.portcullis.gateway.balance;

import org.jspecify.annotations.NullMarked;
