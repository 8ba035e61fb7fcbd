@NullMarked
package dev.portcullis.connectors.stripe;

import org.jspecify.annotations.NullMarked;
