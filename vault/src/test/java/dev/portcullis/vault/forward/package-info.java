@NullMarked
package dev.portcullis.vault.forward;

import org.jspecify.annotations.NullMarked;
