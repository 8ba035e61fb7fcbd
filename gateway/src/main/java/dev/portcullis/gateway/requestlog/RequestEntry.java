package dev.portcullis.gateway.requestlog;

import dev.portcullis.gateway.keys.Principal;
import java.time.Instant;

/**
 * A request that was answered, as it is logged.
 *
 * @param id {@code req_...}
 * @param principal whose it was
 * @param created when it came in
 * @param method of HTTP
 * @param path without the query, at most 500 characters
 * @param status of HTTP
 * @param micros how long it took, in microseconds
 * @param version of the API
 * @param address of the client
 * @param userAgent of the client, at most 200 characters
 * @param parameters JSON without what must not be logged, at most 4,000 characters
 */
public record RequestEntry(
    String id,
    Principal principal,
    Instant created,
    String method,
    String path,
    int status,
    long micros,
    String version,
    String address,
    String userAgent,
    String parameters) {}
