package dev.portcullis.vault.forward;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
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
 * @param registration how it is told where they go, or null where people tell it
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
    @Nullable Notifications notifications,
    @Nullable Registration registration) {

  Policy {
    pins = Set.copyOf(pins);
    operations = Map.copyOf(operations);
  }

  /** Whether the secret of its notifications comes by registering, and so after the policy. */
  boolean registersSecret() {
    return registration != null && registration.bringsSecret();
  }

  /** What the vault proves itself with. */
  sealed interface Credential {

    /** The names of the secrets that it needs, in the order in which they are handed over. */
    List<String> secrets();

    /** Where in a body it writes them, by JSON pointer, in the same order; mostly nowhere. */
    default List<String> members() {
      return List.of();
    }

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

    /**
     * Secrets in the body.
     *
     * @param members where, by JSON pointer; they come first in their object, in this order
     * @param secrets the names of the secrets, in the same order
     */
    record Body(List<String> members, List<String> secrets) implements Credential {
      public Body {
        members = List.copyOf(members);
        secrets = List.copyOf(secrets);
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
     * By an HMAC of the body in a header.
     *
     * @param algorithm the JDK's name of it: {@code HmacSHA256} or {@code HmacSHA512}
     * @param header its name in lower case
     * @param prefix what stands before the signature, such as {@code sha256=}; may be empty
     * @param base64 whether it is written in base64, and not in hexadecimal
     */
    record Header(String secret, String algorithm, String header, String prefix, boolean base64)
        implements Keyed {}

    /** As Braintree does, in two fields of a form; the secret is its private key. */
    record Braintree(String secret) implements Keyed {}

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
   * @param request where it goes
   * @param body what may be sent there
   * @param answer which fields of the answer may leave the vault, by JSON pointer
   * @param definite which answers end the operation, any of them; none where none does
   */
  record Operation(Request request, Body body, List<String> answer, List<Definite> definite) {

    Operation {
      answer = List.copyOf(answer);
      definite = List.copyOf(definite);
    }

    /** Whether an answer ends the operation. */
    boolean isEndedBy(Map<String, ?> answered) {
      return definite.stream().anyMatch(one -> one.isIn(answered));
    }
  }

  /**
   * A request but for its body.
   *
   * @param method the HTTP method
   * @param path the path, with <code>{name}</code> for what the caller fills in
   * @param query the query's parameters, in their order, with such places too
   * @param headers those that are always the same, of this operation and of all of the policy
   * @param idempotencyHeader the header for the operation's idempotency key, or null
   */
  record Request(
      String method,
      String path,
      Map<String, String> query,
      Map<String, String> headers,
      @Nullable String idempotencyHeader) {

    Request {
      query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
      headers = Map.copyOf(headers);
    }

    /** The same with that parameter, or with another value of it. */
    Request with(String parameter, String value) {
      Map<String, String> more = new LinkedHashMap<>(query);
      more.put(parameter, value);
      return new Request(method, path, more, headers, idempotencyHeader);
    }

    /** Whether a caller has something to fill in. */
    boolean hasPlaces() {
      return path.contains("{") || query.values().stream().anyMatch(value -> value.contains("{"));
    }
  }

  /** How a body is written. */
  enum Encoding {
    JSON("application/json"),
    FORM("application/x-www-form-urlencoded");

    private final String mediaType;

    Encoding(String mediaType) {
      this.mediaType = mediaType;
    }

    String mediaType() {
      return mediaType;
    }
  }

  /**
   * What a body may be. All pointers are into what the caller sends.
   *
   * @param encoding how it is written
   * @param envelope the one member of the object that what the caller sends goes into, or null
   * @param fixed what the policy itself writes, by JSON pointer, in their order: texts, booleans
   *     and whole numbers
   * @param slots where a slot may stand, by JSON pointer
   */
  record Body(
      Encoding encoding,
      @Nullable String envelope,
      Map<String, Object> fixed,
      Map<String, SlotRule> slots) {

    Body {
      fixed = Collections.unmodifiableMap(new LinkedHashMap<>(fixed));
      slots = Map.copyOf(slots);
    }

    /** Whether the policy says by itself that there is one. */
    boolean isThere() {
      return envelope != null || !fixed.isEmpty();
    }
  }

  /**
   * Which slot may stand there.
   *
   * @param slot the slot
   * @param form how its value is written
   * @param optional whether the member is left out when there is nothing to fill in
   */
  record SlotRule(Slot slot, SlotForm form, boolean optional) {}

  /**
   * An answer that ends the operation, so that the CVC is not needed any more. A look-up has one
   * too: after a challenge or a lost answer it is the look-up that brings the end. That a challenge
   * is asked for ends nothing: a provider may want the request once more when it is passed.
   *
   * @param pointer the field that says so; of each element where it goes through a list
   * @param values what it says then
   */
  record Definite(String pointer, List<String> values) {
    Definite {
      values = List.copyOf(values);
    }

    boolean isIn(Map<String, ?> answered) {
      return JsonPointers.find(answered, pointer).stream()
          .anyMatch(said -> said instanceof String text && values.contains(text));
    }
  }
}
