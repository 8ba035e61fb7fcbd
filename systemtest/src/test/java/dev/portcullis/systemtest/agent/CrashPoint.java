package dev.portcullis.systemtest.agent;

/** The steps of a confirm at which the gateway may die. */
public enum CrashPoint {
  /** The attempt is about to be handed to the journal: nothing of it is stored. */
  BEFORE_ATTEMPT_STORED,
  /** The attempt is stored; the provider has not been called. */
  AFTER_ATTEMPT_STORED,
  /** The provider is being called: the request may or may not have left. */
  DURING_PROVIDER_CALL,
  /** The provider has answered; nothing of the answer is stored. */
  AFTER_ANSWER,
  /** The answer is stored; the caller has not been told. */
  BEFORE_REPLY,
  /** A batch of the journal is complete and its COMMIT has not been sent. */
  BEFORE_DATABASE_COMMIT,
  /** The database has committed a batch and nobody has been told. */
  AFTER_DATABASE_COMMIT
}
