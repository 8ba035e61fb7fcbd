/** What an account chooses for its use of the API. */
@NullMarked
package dev.portcullis.gateway.settings;

import org.jspecify.annotations.NullMarked;
