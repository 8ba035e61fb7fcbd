package dev.portcullis.vault.forward;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one request is authorized with. */
sealed interface Authorization {

  /**
   * What to send.
   *
   * @param insecureHeaders headers by name, which are secret
   * @param insecureMembers members of the body by JSON pointer, in their order, which are secret
   * @param insecureSecrets what must not come back in the answer
   */
  record Granted(
      Map<String, String> insecureHeaders,
      Map<String, String> insecureMembers,
      List<byte[]> insecureSecrets)
      implements Authorization {
    public Granted {
      insecureHeaders = Map.copyOf(insecureHeaders);
      insecureMembers = Collections.unmodifiableMap(new LinkedHashMap<>(insecureMembers));
      insecureSecrets = List.copyOf(insecureSecrets);
    }

    static Granted header(String name, String insecureValue, List<byte[]> insecureSecrets) {
      return new Granted(Map.of(name, insecureValue), Map.of(), insecureSecrets);
    }

    @Override
    public String toString() {
      return "Granted[[REDACTED]]";
    }
  }

  /**
   * There is none, so that nothing can be sent.
   *
   * @param reason a short stable name
   */
  record Missing(String reason) implements Authorization {}
}
