/** Load through the front door, and the floor that the database sets, measured in one run. */
@NullMarked
package dev.portcullis.bench;

import org.jspecify.annotations.NullMarked;
