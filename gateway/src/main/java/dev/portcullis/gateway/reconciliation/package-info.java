/**
 * What providers report of a day, by their list of operations or in a file, compared with what is
 * known here; each difference waits for a person.
 */
@NullMarked
package dev.portcullis.gateway.reconciliation;

import org.jspecify.annotations.NullMarked;
