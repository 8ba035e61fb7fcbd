@NullMarked
package dev.portcullis.gateway.versions;

import org.jspecify.annotations.NullMarked;
