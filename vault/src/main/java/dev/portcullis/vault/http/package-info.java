/** The listeners and what every exchange has in common. */
@NullMarked
package dev.portcullis.vault.http;

import org.jspecify.annotations.NullMarked;
