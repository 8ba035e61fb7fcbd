/** What the gateway's tests share. */
@NullMarked
package dev.portcullis.gateway.testing;

import org.jspecify.annotations.NullMarked;
