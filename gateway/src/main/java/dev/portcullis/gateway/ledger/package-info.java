/** What each movement of money does to the merchant's books. */
@NullMarked
package dev.portcullis.gateway.ledger;

import org.jspecify.annotations.NullMarked;
