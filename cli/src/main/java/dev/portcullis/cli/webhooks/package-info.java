/** Tools for those who receive webhooks: events forwarded, made to happen, and attacked. */
@NullMarked
package dev.portcullis.cli.webhooks;

import org.jspecify.annotations.NullMarked;
