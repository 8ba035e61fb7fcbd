/**
 * The way to the database, on which each statement says whose rows it is about: row-level security
 * shows it no others.
 */
@NullMarked
package dev.portcullis.gateway.database;

import org.jspecify.annotations.NullMarked;
