/** JSON as a tree of plain values, read with hard limits. */
@NullMarked
package dev.portcullis.wire.json;

import org.jspecify.annotations.NullMarked;
