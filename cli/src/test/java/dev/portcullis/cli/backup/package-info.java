@NullMarked
package dev.portcullis.cli.backup;

import org.jspecify.annotations.NullMarked;
