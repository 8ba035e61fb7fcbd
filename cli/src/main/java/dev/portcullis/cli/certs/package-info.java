/** The development authority and the certificates it issues. */
@NullMarked
package dev.portcullis.cli.certs;

import org.jspecify.annotations.NullMarked;
