/** The public listener's connections: how many, of whom, and for how long. */
@NullMarked
package dev.portcullis.gateway.connections;

import org.jspecify.annotations.NullMarked;
