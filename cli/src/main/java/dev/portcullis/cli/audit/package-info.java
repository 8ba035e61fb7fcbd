/** Checks of the zones' audit trails: asked of a zone that runs, and of an exported file. */
@NullMarked
package dev.portcullis.cli.audit;

import org.jspecify.annotations.NullMarked;
