@NullMarked
package dev.portcullis.gateway.routing;

import org.jspecify.annotations.NullMarked;
