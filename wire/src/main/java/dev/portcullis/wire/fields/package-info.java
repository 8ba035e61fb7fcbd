/**
 * The script that shops' pages mount card fields with, and what browsers report of pages with them.
 */
@NullMarked
package dev.portcullis.wire.fields;

import org.jspecify.annotations.NullMarked;
