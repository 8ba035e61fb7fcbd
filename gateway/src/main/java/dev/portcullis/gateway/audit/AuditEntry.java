package dev.portcullis.gateway.audit;

import java.time.Instant;

/**
 * One entry of the trail.
 *
 * @param seq its number, 1 or more, without gaps
 * @param at when, to the millisecond
 * @param actor who
 * @param action what, for instance {@code key.created}
 * @param account the account that it was about, or an empty text
 * @param subject the object's id, or an empty text
 * @param detail more of it; never a secret
 */
public record AuditEntry(
    long seq,
    Instant at,
    Actor actor,
    String action,
    String account,
    String subject,
    String detail) {}
