/** Rotation of master and data keys, with a statement of what it left (PCI DSS 3.7.4, 3.7.5). */
@NullMarked
package dev.portcullis.vault.rotation;

import org.jspecify.annotations.NullMarked;
