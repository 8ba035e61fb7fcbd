@NullMarked
package dev.portcullis.gateway.search;

import org.jspecify.annotations.NullMarked;
