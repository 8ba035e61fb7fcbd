@NullMarked
package dev.portcullis.gateway.notifications;

import org.jspecify.annotations.NullMarked;
