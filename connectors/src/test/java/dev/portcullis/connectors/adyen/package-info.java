@NullMarked
package dev.portcullis.connectors.adyen;

import org.jspecify.annotations.NullMarked;
