@NullMarked
package dev.portcullis.vault.keys;

import org.jspecify.annotations.NullMarked;
