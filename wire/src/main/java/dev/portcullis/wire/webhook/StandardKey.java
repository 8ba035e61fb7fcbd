package dev.portcullis.wire.webhook;

/**
 * What a receiver of Standard Webhooks verifies with. The kind of the key says which signatures it
 * is held against, never the message: a public key is not taken for the secret of an HMAC.
 */
public sealed interface StandardKey permits SigningSecret, VerificationKey {}
