@NullMarked
package dev.portcullis.gateway.connections;

import org.jspecify.annotations.NullMarked;
