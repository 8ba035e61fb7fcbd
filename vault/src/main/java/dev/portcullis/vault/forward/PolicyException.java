package dev.portcullis.vault.forward;

/** A policy file cannot be used; the message names the file and what is wrong with it. */
public final class PolicyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PolicyException(String message) {
    super(message);
  }
}
