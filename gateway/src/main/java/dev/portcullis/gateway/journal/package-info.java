/**
 * Makes every change of the gateway durable before anyone is told of it. Concurrent changes share a
 * commit.
 */
@NullMarked
package dev.portcullis.gateway.journal;

import org.jspecify.annotations.NullMarked;
