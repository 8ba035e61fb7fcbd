/** How much card intake one address, key or account may ask for. */
@NullMarked
package dev.portcullis.vault.limits;

import org.jspecify.annotations.NullMarked;
