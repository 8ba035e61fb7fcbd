@NullMarked
package dev.portcullis.gateway.disputes;

import org.jspecify.annotations.NullMarked;
