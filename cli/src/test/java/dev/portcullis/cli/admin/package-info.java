@NullMarked
package dev.portcullis.cli.admin;

import org.jspecify.annotations.NullMarked;
