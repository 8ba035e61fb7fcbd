@NullMarked
package dev.portcullis.vault.crypto;

import org.jspecify.annotations.NullMarked;
