/** The connectors of this build for whoever connects an account or writes another one. */
@NullMarked
package dev.portcullis.cli.connectors;

import org.jspecify.annotations.NullMarked;
