package dev.portcullis.vault.forward;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may be sent to one provider: written by the vault's administration, never by a caller.
 *
 * @param provider the provider account that callers name
 * @param livemode whether it moves real money
 * @param origin scheme, host and port, which the secret is bound to; nothing is sent elsewhere
 * @param allowLoopback whether the provider is on this machine (a sandbox)
 * @param pins which public keys the provider may have, beside all else that its certificate must
 *     be; none for any
 * @param credential what the vault proves itself with
 * @param operations by name
 * @param probe the operation that only shows whether the provider takes the credential, or null
 * @param notifications how the provider's notifications are known, or null if it sends none
 */
record Policy(
    String provider,
    boolean livemode,
    URI origin,
    boolean allowLoopback,
    Set<String> pins,
    Credential credential,
    Map<String, Operation> operations,
    @Nullable String probe,
    @Nullable Notifications notifications) {

  Policy {
    pins = Set.copyOf(pins);
    operations = Map.copyOf(operations);
  }

  /** What the vault proves itself with. */
  sealed interface Credential {

    /** The names of the secrets that it needs, in the order in which they are handed over. */
    List<String> secrets();

    /**
     * One secret in a header.
     *
     * @param header the header that the vault alone writes
     * @param format the header's value, with the secret in place of {@code {{secret}}}
     * @param secret the name of the secret in the vault's configuration
     */
    record Header(String header, String format, String secret) implements Credential {
      @Override
      public List<String> secrets() {
        return List.of(secret);
      }
    }

    /**
     * A name and a password (RFC 7617).
     *
     * @param username the name of the secret that is the name
     * @param password the name of the secret that is the password
     */
    record Basic(String username, String password) implements Credential {
      @Override
      public List<String> secrets() {
        return List.of(username, password);
      }
    }

    /**
     * A token that the vault has the provider make for it (RFC 6749, 4.4).
     *
     * @param tokenOrigin the host that makes tokens, or null where the policy's origin does
     * @param tokenPath where, at that origin
     * @param clientId the name of the secret that is the client's id
     * @param clientSecret the name of the secret that is the client's secret
     * @param inBody whether they go in the body and not in a header (RFC 6749, 2.3.1)
     * @param scope what to ask for, or null
     */
    record OAuth(
        @Nullable URI tokenOrigin,
        String tokenPath,
        String clientId,
        String clientSecret,
        boolean inBody,
        @Nullable String scope)
        implements Credential {
      @Override
      public List<String> secrets() {
        return List.of(clientId, clientSecret);
      }

      /**
       * Where to ask for a token.
       *
       * @param origin the policy's
       */
      URI endpoint(URI origin) {
        return (tokenOrigin == null ? origin : tokenOrigin).resolve(tokenPath);
      }
    }
  }

  /** How a provider signs its notifications. */
  sealed interface Notifications {

    /** By a secret that the provider and the vault share. */
    sealed interface Keyed extends Notifications {

      /** The name of the secret that they are signed with. */
      String secret();
    }

    /**
     * As Stripe does, in its header.
     *
     * @param tolerance how old a notification may be, or from how far in the future
     */
    record Stripe(String secret, Duration tolerance) implements Keyed {}

    /** As Adyen does in its standard webhooks, within the body. */
    record Adyen(String secret) implements Keyed {}

    /**
     * By an HMAC-SHA-256 of the body in a header.
     *
     * @param header its name in lower case
     * @param prefix what stands before the signature, such as {@code sha256=}; may be empty
     * @param base64 whether it is written in base64, and not in hexadecimal
     */
    record Header(String secret, String header, String prefix, boolean base64) implements Keyed {}

    /**
     * As PayPal does: by the key of a certificate that each notification names.
     *
     * @param webhookId what PayPal calls the place that it sends to; it is signed too
     * @param certificateOrigin scheme, host and port of the certificates; none is fetched elsewhere
     * @param certificateName the DNS name that they are for
     */
    record PayPal(String webhookId, URI certificateOrigin, String certificateName)
        implements Notifications {}
  }

  /**
   * One thing that may be done.
   *
   * @param method the HTTP method
   * @param path the path, with <code>{name}</code> for what the caller fills in
   * @param idempotencyHeader the header for the operation's idempotency key, or null
   * @param slots where in the body a slot may stand, by JSON pointer
   * @param answer which fields of the answer may leave the vault, by JSON pointer
   * @param definite which answers end the operation, or null if none does
   */
  record Operation(
      String method,
      String path,
      @Nullable String idempotencyHeader,
      Map<String, SlotRule> slots,
      List<String> answer,
      @Nullable Definite definite) {

    Operation {
      slots = Map.copyOf(slots);
      answer = List.copyOf(answer);
    }
  }

  /**
   * Which slot may stand there.
   *
   * @param slot the slot
   * @param optional whether the member is left out when there is nothing to fill in
   */
  record SlotRule(Slot slot, boolean optional) {}

  /**
   * An answer that ends the operation, so that the CVC is not needed any more. A look-up has one
   * too: after a challenge or a lost answer it is the look-up that brings the end. That a challenge
   * is asked for ends nothing: a provider may want the request once more when it is passed.
   *
   * @param pointer the field that says so
   * @param values what it says then
   */
  record Definite(String pointer, List<String> values) {
    Definite {
      values = List.copyOf(values);
    }
  }
}
