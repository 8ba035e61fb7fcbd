@NullMarked
package dev.portcullis.wire.fields;

import org.jspecify.annotations.NullMarked;
