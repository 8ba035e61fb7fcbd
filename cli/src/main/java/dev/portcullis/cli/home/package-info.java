/** Where everything of one instance lies, and who may read it. */
@NullMarked
package dev.portcullis.cli.home;

import org.jspecify.annotations.NullMarked;
