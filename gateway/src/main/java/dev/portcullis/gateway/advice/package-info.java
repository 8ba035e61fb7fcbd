/**
 * What could be better about API keys: old ones, forgotten ones, ones that may more than they do.
 */
@NullMarked
package dev.portcullis.gateway.advice;

import org.jspecify.annotations.NullMarked;
