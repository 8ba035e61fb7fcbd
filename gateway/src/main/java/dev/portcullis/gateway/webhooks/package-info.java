/** Webhook endpoints: who wants to be told of which events, and the secrets that sign for it. */
@NullMarked
package dev.portcullis.gateway.webhooks;

import org.jspecify.annotations.NullMarked;
