@NullMarked
package dev.portcullis.wire.people;

import org.jspecify.annotations.NullMarked;
