/** Finding in the zones' logs what belongs together. */
@NullMarked
package dev.portcullis.cli.logs;

import org.jspecify.annotations.NullMarked;
