/** The database server, its roles and its schemas. */
@NullMarked
package dev.portcullis.cli.postgres;

import org.jspecify.annotations.NullMarked;
