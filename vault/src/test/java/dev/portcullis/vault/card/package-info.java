@NullMarked
package dev.portcullis.vault.card;

import org.jspecify.annotations.NullMarked;
