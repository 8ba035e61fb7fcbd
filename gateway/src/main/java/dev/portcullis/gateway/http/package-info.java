/** The API's HTTP side: routes as values, one adapter to Spring MVC, errors, idempotency, lists. */
@NullMarked
package dev.portcullis.gateway.http;

import org.jspecify.annotations.NullMarked;
