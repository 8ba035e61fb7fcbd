/** Starting, watching and stopping operating-system processes. */
@NullMarked
package dev.portcullis.cli.process;

import org.jspecify.annotations.NullMarked;
