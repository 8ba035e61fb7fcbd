/** What a zone needs before it starts: jars, certificates, secrets, settings. */
@NullMarked
package dev.portcullis.cli.setup;

import org.jspecify.annotations.NullMarked;
