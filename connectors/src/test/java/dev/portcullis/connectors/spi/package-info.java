@NullMarked
package dev.portcullis.connectors.spi;

import org.jspecify.annotations.NullMarked;
