@NullMarked
package dev.portcullis.connectors.paypal;

import org.jspecify.annotations.NullMarked;
