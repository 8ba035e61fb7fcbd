/** Authorize.Net: its JSON API with cards that the vault fills in. */
@NullMarked
package dev.portcullis.connectors.authorizenet;

import org.jspecify.annotations.NullMarked;
