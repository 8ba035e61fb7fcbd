@NullMarked
package dev.portcullis.cli.connectors;

import org.jspecify.annotations.NullMarked;
