@NullMarked
package dev.portcullis.cli.setup;

import org.jspecify.annotations.NullMarked;
