@NullMarked
package dev.portcullis.vault.fields;

import org.jspecify.annotations.NullMarked;
