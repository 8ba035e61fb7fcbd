/**
 * The served description of the API: OpenAPI 3.1, made of the routes, their shapes and what is said
 * here of the objects that they answer with.
 */
@NullMarked
package dev.portcullis.gateway.openapi;

import org.jspecify.annotations.NullMarked;
