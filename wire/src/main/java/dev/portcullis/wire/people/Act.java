package dev.portcullis.wire.people;

/**
 * What the audit trail is told, together with the change itself.
 *
 * @param actor who did it, a person's name or {@code unknown}
 * @param address from where
 * @param action what, for instance {@code person.added}
 * @param subject to whom
 * @param detail more of it; never a secret
 */
public record Act(String actor, String address, String action, String subject, String detail) {}
