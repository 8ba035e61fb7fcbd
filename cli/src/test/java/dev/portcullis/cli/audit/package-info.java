@NullMarked
package dev.portcullis.cli.audit;

import org.jspecify.annotations.NullMarked;
