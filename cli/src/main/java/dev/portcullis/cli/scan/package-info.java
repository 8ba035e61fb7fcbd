/** Finds API keys where none should be: in files, and in what a git history still holds. */
@NullMarked
package dev.portcullis.cli.scan;

import org.jspecify.annotations.NullMarked;
