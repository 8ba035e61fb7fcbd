/** Card testing: how it is noticed, what is done about it, and how that ends by itself. */
@NullMarked
package dev.portcullis.gateway.risk;

import org.jspecify.annotations.NullMarked;
