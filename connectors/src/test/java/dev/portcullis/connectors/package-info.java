@NullMarked
package dev.portcullis.connectors;

import org.jspecify.annotations.NullMarked;
