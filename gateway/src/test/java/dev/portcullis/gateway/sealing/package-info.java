@NullMarked
package dev.portcullis.gateway.sealing;

import org.jspecify.annotations.NullMarked;
