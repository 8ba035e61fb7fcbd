@NullMarked
package dev.portcullis.vault.store;

import org.jspecify.annotations.NullMarked;
