@NullMarked
package dev.portcullis.vault.audit;

import org.jspecify.annotations.NullMarked;
