package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.Credential;
import dev.portcullis.vault.forward.Policy.Encoding;
import dev.portcullis.vault.forward.Policy.Request;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a provider is told by its own API where its notifications go, and asked whether it still
 * knows. The gateway can have none of it sent but the list.
 *
 * @param url where notifications go, which two people have agreed on; null where nothing may be
 *     registered
 * @param origin where these calls go if not to the policy's origin, or null
 * @param credential how the policy's secrets stand in them if not as in its operations, or null
 * @param register tells it
 * @param list asks what it knows
 * @param pages how the list goes on, or null where it comes whole: PayPal's does, whose published
 *     description (notifications_webhooks_v1, {@code webhooks.list} and {@code WebhookList}) has
 *     neither a parameter that asks for another page nor a link to one
 * @param read asks for all of one entry, where the list itself does not say its URL, or null
 * @param remove takes a place back; its path has the place {@code {id}}
 * @param sign asks for the secret of one that was registered, or null
 * @param entries what the list's answer looks like
 * @param id where the answer to {@code register} has what the provider calls it, by JSON pointer
 * @param secret whose the signing secret is
 */
record Registration(
    @Nullable String url,
    @Nullable URI origin,
    @Nullable Credential credential,
    Call register,
    Call list,
    @Nullable Pages pages,
    @Nullable Call read,
    Call remove,
    @Nullable Call sign,
    Entries entries,
    String id,
    SecretOf secret) {

  /** What an address for notifications looks like. */
  static final Pattern ADDRESS = Pattern.compile("https?://[\\x21-\\x7e&&[^\"\\\\{}]]{3,480}");

  /** What stands in a body for the URL. */
  static final String URL = "{{url}}";

  /** What stands in a body for a secret that the vault makes. */
  static final String SECRET = "{{secret}}";

  /**
   * One of them.
   *
   * @param body with {@link #URL} and {@link #SECRET} as whole texts, or null without one
   */
  record Call(Request request, Encoding encoding, @Nullable Map<?, ?> body) {
    /** The same with that parameter in its query. */
    Call with(String parameter, String value) {
      return new Call(request.with(parameter, value), encoding, body);
    }
  }

  /**
   * How a list goes on.
   *
   * @param more where an answer says that it does: there is something, and it is not {@code false}
   * @param parameter of the query that asks for the next page
   * @param byNumber whether that is the page's number, from 1 on, and not the last entry's id
   */
  record Pages(String more, String parameter, boolean byNumber) {}

  /**
   * A list's answer. All pointers but the first are into one element of it, {@code url} into the
   * answer to {@code read} where there is one.
   *
   * @param each the elements; {@code /-} where the answer is the list itself
   * @param id what the provider calls it
   * @param url where it sends, one place or several
   * @param active says that it does send, or null where each that is there does
   * @param activeValues what is said there then
   */
  record Entries(
      String each, String id, String url, @Nullable String active, List<String> activeValues) {
    Entries {
      activeValues = List.copyOf(activeValues);
    }
  }

  /** Where the secret comes from that notifications are signed with. */
  sealed interface SecretOf {

    /**
     * The provider makes it and tells it once.
     *
     * @param pointer where the answer to {@code sign}, or else to {@code register}, has it
     */
    record Provider(String pointer) implements SecretOf {}

    /** The vault makes it, and it goes with the registration. */
    record Vault() implements SecretOf {}

    /** Nobody makes one here: there is none, or a person takes it from the provider's pages. */
    record Nobody() implements SecretOf {}
  }

  /** Whether the vault gets the secret by registering. */
  boolean bringsSecret() {
    return !(secret instanceof SecretOf.Nobody);
  }
}
