package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Owner;
import java.time.Instant;

/**
 * The answer to repeat when a request comes again with its idempotency key.
 *
 * @param owner whose request it was
 * @param key the idempotency key
 * @param fingerprint of the request, 32 bytes
 * @param status the HTTP status
 * @param dataKey the key that sealed the answer
 * @param sealed the sealed body
 * @param created when it was first answered
 */
record StoredAnswer(
    Owner owner,
    String key,
    byte[] fingerprint,
    int status,
    String dataKey,
    byte[] sealed,
    Instant created) {}
