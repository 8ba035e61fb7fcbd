package dev.portcullis.vault.forward;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.http.InternalArguments;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway asks to be sent.
 *
 * @param operation the operation's name in the policy
 * @param operationId the gateway's id of it
 * @param owner whose payment it is
 * @param providerAccount at which provider account
 * @param token the card that it is about, whose CVC a definite answer ends, or null
 * @param path what to fill into the path and the query
 * @param idempotencyKey what the provider knows it again by, or null
 * @param body the body with its slots, or null
 * @param timeoutMillis how long it may take in all
 */
record ForwardCommand(
    String operation,
    String operationId,
    Owner owner,
    String providerAccount,
    @Nullable String token,
    Map<String, String> path,
    @Nullable String idempotencyKey,
    @Nullable Map<String, @Nullable Object> body,
    long timeoutMillis) {

  private static final long LEAST_MILLIS = 1;
  private static final long MOST_MILLIS = 120_000;
  private static final Pattern PATH_VALUE = Pattern.compile("[0-9A-Za-z_-]{1,128}");
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

  /** Names under which credentials travel. The vault alone writes credentials. */
  private static final Set<String> CREDENTIAL_NAMES =
      Set.of(
          "authorization",
          "proxyauthorization",
          "apikey",
          "xapikey",
          "secretkey",
          "accesstoken",
          "clientsecret",
          "privatekey",
          "password",
          "merchantauthentication",
          "transactionkey");

  /** Reads the call's members; 400 for what is not right, 403 for what a policy never allows. */
  static ForwardCommand read(InternalArguments arguments) {
    Object key = arguments.optional("idempotency_key");
    Map<String, @Nullable Object> body = arguments.objectOrNull("body");
    ForwardCommand command =
        new ForwardCommand(
            arguments.name("operation"),
            arguments.name("operation_id"),
            new Owner(arguments.name("account"), arguments.bool("livemode")),
            arguments.name("provider_account"),
            arguments.nameOrNull("token"),
            path(arguments),
            key == null ? null : key(arguments, key),
            body,
            arguments.integer("timeout_ms", LEAST_MILLIS, MOST_MILLIS));
    arguments.refuseOthers();
    refuseCredentials(body);
    return command;
  }

  private static String key(InternalArguments arguments, Object key) {
    if (key instanceof String text && KEY.matcher(text).matches()) {
      return text;
    }
    throw arguments.invalid("idempotency_key", "must be 1 to 255 printable characters");
  }

  private static Map<String, String> path(InternalArguments arguments) {
    Map<String, @Nullable Object> sent = arguments.objectOrNull("path");
    Map<String, String> path = new HashMap<>();
    if (sent != null) {
      sent.forEach(
          (name, value) -> {
            if (!(value instanceof String text) || !PATH_VALUE.matcher(text).matches()) {
              throw arguments.invalid("path", "must be ids by name");
            }
            path.put(name, text);
          });
    }
    return path;
  }

  private static void refuseCredentials(@Nullable Object value) {
    switch (value) {
      case Map<?, ?> object ->
          object.forEach(
              (name, member) -> {
                if (isCredential((String) name)) {
                  throw ForwardRefusal.violation("the vault alone writes credentials");
                }
                refuseCredentials(member);
              });
      case Iterable<?> list -> list.forEach(ForwardCommand::refuseCredentials);
      case null, default -> {}
    }
  }

  /** Whether credentials travel under that name: {@code apiKey}, {@code api_key}, and the like. */
  static boolean isCredential(String name) {
    return CREDENTIAL_NAMES.contains(
        name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", ""));
  }

  /** Not the body. */
  @Override
  public String toString() {
    return "ForwardCommand[" + operation + " " + operationId + "]";
  }
}
