@NullMarked
package dev.portcullis.connectors.authorizenet;

import org.jspecify.annotations.NullMarked;
