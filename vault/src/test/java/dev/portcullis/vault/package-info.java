@NullMarked
package dev.portcullis.vault;

import org.jspecify.annotations.NullMarked;
