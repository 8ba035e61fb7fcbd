@NullMarked
package dev.portcullis.wire.admin;

import org.jspecify.annotations.NullMarked;
