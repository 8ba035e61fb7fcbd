package dev.portcullis.gateway.routing;

/**
 * Whose payments are routed: each account routes its test payments and its live ones by rules of
 * their own.
 *
 * @param account the account
 * @param livemode whether it is about real money
 */
public record Tenant(String account, boolean livemode) {}
