/** The provider that is only pretended: what the simulator wants to be told and what it answers. */
@NullMarked
package dev.portcullis.connectors.sandbox;

import org.jspecify.annotations.NullMarked;
