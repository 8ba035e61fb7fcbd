/** The wire form, shared by the vault and the gateway: no framework. */
@NullMarked
package dev.portcullis.wire;

import org.jspecify.annotations.NullMarked;
