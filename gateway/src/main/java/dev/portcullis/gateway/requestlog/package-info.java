/**
 * The log of an account's API requests: kept beside the payments, never in their way, and without
 * anything secret or personal in its parameters.
 */
@NullMarked
package dev.portcullis.gateway.requestlog;

import org.jspecify.annotations.NullMarked;
