@NullMarked
package dev.portcullis.vault.limits;

import org.jspecify.annotations.NullMarked;
