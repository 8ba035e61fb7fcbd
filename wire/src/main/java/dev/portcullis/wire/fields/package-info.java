/** The script that shops' pages mount card fields with. */
@NullMarked
package dev.portcullis.wire.fields;

import org.jspecify.annotations.NullMarked;
