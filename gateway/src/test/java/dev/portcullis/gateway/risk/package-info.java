@NullMarked
package dev.portcullis.gateway.risk;

import org.jspecify.annotations.NullMarked;
