@NullMarked
package dev.portcullis.gateway.journal;

import org.jspecify.annotations.NullMarked;
