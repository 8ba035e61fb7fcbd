/** How each provider account does: what it approves, how fast it answers, whether it is there. */
@NullMarked
package dev.portcullis.gateway.scorecard;

import org.jspecify.annotations.NullMarked;
