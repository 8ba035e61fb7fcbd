@NullMarked
package dev.portcullis.connectors.checkoutcom;

import org.jspecify.annotations.NullMarked;
