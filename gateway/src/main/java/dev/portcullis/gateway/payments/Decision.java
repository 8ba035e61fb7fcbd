package dev.portcullis.gateway.payments;

import dev.portcullis.wire.error.ApiError;

/** What the state machine says to a command. */
public sealed interface Decision permits Transition, Decision.Refusal {

  /**
   * It cannot be done as things stand; nothing changes.
   *
   * @param error what to tell the client
   */
  record Refusal(ApiError error) implements Decision {}
}
