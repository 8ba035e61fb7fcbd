@NullMarked
package dev.portcullis.vault.masterkey;

import org.jspecify.annotations.NullMarked;
