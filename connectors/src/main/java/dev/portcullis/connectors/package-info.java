/** The providers that this build knows. Adding one is a package and one line in the registry. */
@NullMarked
package dev.portcullis.connectors;

import org.jspecify.annotations.NullMarked;
