/** Changes that two people make together (PCI DSS 3.7.6: dual control). */
@NullMarked
package dev.portcullis.vault.changes;

import org.jspecify.annotations.NullMarked;
