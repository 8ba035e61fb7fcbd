/** Backups of both databases: made, verified, and restored into a new home. */
@NullMarked
package dev.portcullis.cli.backup;

import org.jspecify.annotations.NullMarked;
