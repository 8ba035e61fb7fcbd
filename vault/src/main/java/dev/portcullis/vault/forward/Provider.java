package dev.portcullis.vault.forward;

import dev.portcullis.wire.egress.EgressClient;

/**
 * A provider as the vault may reach it.
 *
 * @param policy what may be sent
 * @param credentials what the vault proves itself with
 * @param client the connections to it
 */
record Provider(Policy policy, Credentials credentials, EgressClient client) {}
