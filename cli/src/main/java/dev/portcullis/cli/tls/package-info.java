/** TLS as the wire shows it. */
@NullMarked
package dev.portcullis.cli.tls;

import org.jspecify.annotations.NullMarked;
