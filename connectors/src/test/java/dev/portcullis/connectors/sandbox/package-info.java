@NullMarked
package dev.portcullis.connectors.sandbox;

import org.jspecify.annotations.NullMarked;
