@NullMarked
package dev.portcullis.gateway.payments;

import org.jspecify.annotations.NullMarked;
