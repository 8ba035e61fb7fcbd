@NullMarked
package dev.portcullis.gateway.reconciliation;

import org.jspecify.annotations.NullMarked;
