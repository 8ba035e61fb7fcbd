package dev.portcullis.gateway.payments;

/**
 * That something happened; it becomes an event.
 *
 * @param type the event's type, for instance {@code payment_intent.succeeded}
 * @param subject the object as it is after it
 */
public record Fact(String type, Entity subject) {}
