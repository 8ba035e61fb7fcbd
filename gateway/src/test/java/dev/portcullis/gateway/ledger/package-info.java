@NullMarked
package dev.portcullis.gateway.ledger;

import org.jspecify.annotations.NullMarked;
