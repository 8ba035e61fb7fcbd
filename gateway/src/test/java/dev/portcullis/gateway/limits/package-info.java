@NullMarked
package dev.portcullis.gateway.limits;

import org.jspecify.annotations.NullMarked;
