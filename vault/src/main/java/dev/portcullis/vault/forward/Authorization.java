package dev.portcullis.vault.forward;

import java.util.List;

/** What one request is authorized with. */
sealed interface Authorization {

  /**
   * A header to send.
   *
   * @param header its name
   * @param insecureValue its value, which is a secret
   * @param insecureSecrets what must not come back in the answer
   */
  record Granted(String header, String insecureValue, List<byte[]> insecureSecrets)
      implements Authorization {
    public Granted {
      insecureSecrets = List.copyOf(insecureSecrets);
    }

    @Override
    public String toString() {
      return "Granted[" + header + ": [REDACTED]]";
    }
  }

  /**
   * There is none, so that nothing can be sent.
   *
   * @param reason a short stable name
   */
  record Missing(String reason) implements Authorization {}
}
