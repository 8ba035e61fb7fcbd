/**
 * Search in Stripe's query language: a pure parser, and reading that costs the same at any size.
 */
@NullMarked
package dev.portcullis.gateway.search;

import org.jspecify.annotations.NullMarked;
