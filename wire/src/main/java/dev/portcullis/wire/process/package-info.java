/** Keeping a process's memory to the process. */
@NullMarked
package dev.portcullis.wire.process;

import org.jspecify.annotations.NullMarked;
