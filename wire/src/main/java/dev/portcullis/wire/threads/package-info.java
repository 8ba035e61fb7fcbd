/** On what threads work is done. */
@NullMarked
package dev.portcullis.wire.threads;

import org.jspecify.annotations.NullMarked;
