/** Whether the work that goes on beside requests gets anywhere. */
@NullMarked
package dev.portcullis.gateway.heartbeat;

import org.jspecify.annotations.NullMarked;
