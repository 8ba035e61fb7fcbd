/** The cardholder data environment: the only process that knows card numbers and provider keys. */
@NullMarked
package dev.portcullis.vault;

import org.jspecify.annotations.NullMarked;
