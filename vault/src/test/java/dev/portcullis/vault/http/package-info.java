@NullMarked
package dev.portcullis.vault.http;

import org.jspecify.annotations.NullMarked;
