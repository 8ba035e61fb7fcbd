/** Administration of the gateway: its people, its API keys, on a listener of its own. */
@NullMarked
package dev.portcullis.gateway.admin;

import org.jspecify.annotations.NullMarked;
