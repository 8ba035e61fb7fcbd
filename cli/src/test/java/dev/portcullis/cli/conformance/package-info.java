@NullMarked
package dev.portcullis.cli.conformance;

import org.jspecify.annotations.NullMarked;
