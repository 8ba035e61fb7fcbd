/** What providers tell by themselves: its way in, where it is kept, and who works on it. */
@NullMarked
package dev.portcullis.gateway.notifications;

import org.jspecify.annotations.NullMarked;
