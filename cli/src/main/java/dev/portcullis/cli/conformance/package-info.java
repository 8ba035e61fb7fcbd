/** What of a published API description is served. */
@NullMarked
package dev.portcullis.cli.conformance;

import org.jspecify.annotations.NullMarked;
