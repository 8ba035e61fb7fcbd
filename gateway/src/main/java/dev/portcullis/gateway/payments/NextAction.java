package dev.portcullis.gateway.payments;

import org.jspecify.annotations.Nullable;

/**
 * What the shopper has to do: go to a page and prove who they are.
 *
 * @param url where to go
 * @param returnUrl where they come out, or null when the merchant named no page
 */
public record NextAction(String url, @Nullable String returnUrl) {}
