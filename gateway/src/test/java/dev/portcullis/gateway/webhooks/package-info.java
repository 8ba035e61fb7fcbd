@NullMarked
package dev.portcullis.gateway.webhooks;

import org.jspecify.annotations.NullMarked;
