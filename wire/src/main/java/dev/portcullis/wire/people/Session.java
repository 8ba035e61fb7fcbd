package dev.portcullis.wire.people;

import java.time.Instant;

/**
 * Somebody who is signed in.
 *
 * @param person who
 * @param role their role now: it is looked up at each request
 * @param expires when the session ends, whatever is done in it
 */
public record Session(String person, Role role, Instant expires) {}
