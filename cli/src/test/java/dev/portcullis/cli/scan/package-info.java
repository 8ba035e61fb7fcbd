@NullMarked
package dev.portcullis.cli.scan;

import org.jspecify.annotations.NullMarked;
