package dev.portcullis.wire.people;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A right, given out as a code, to choose a password once.
 *
 * @param codeHash the code's SHA-256, 32 bytes; a code has 160 random bits, so no slower hash is
 *     needed
 * @param person who may use it, or null for the first person of a register, who brings the name
 * @param role what the person will be
 * @param expires when it ends
 * @param used whether somebody has
 * @param proposed what was chosen and waits for its first code, or null
 */
public record Enrollment(
    byte[] codeHash,
    @Nullable String person,
    Role role,
    Instant expires,
    boolean used,
    @Nullable Factors proposed) {}
