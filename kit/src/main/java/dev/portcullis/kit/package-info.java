/** Values that every zone shares: money, secrets, typed ids. Nothing but the JDK and JSpecify. */
@NullMarked
package dev.portcullis.kit;

import org.jspecify.annotations.NullMarked;
