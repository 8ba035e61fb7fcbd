@NullMarked
package dev.portcullis.connectors.braintree;

import org.jspecify.annotations.NullMarked;
