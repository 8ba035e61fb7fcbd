package dev.portcullis.cli.connectors;

import dev.portcullis.cli.certs.Authority;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ProviderSetup;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A forward policy as the vault's administration takes it, made of a connector's template, and what
 * it needs.
 *
 * @param json the policy
 * @param host what its secrets are bound to, as {@code vault secrets put} takes it
 * @param secrets what has to be entered
 * @param isRegistered whether the provider is told by its own API where its notifications go
 * @param registered what comes by that, and may be entered by hand; without it null
 */
public record PolicyDraft(
    String json,
    String host,
    List<ProviderSetup.SecretNeed> secrets,
    boolean isRegistered,
    @Nullable String registered) {

  private static final Pattern ADDRESS =
      Pattern.compile("https?://[\\x21-\\x7e&&[^\"\\\\{}]]{3,480}");

  /** Takes a copy. */
  public PolicyDraft {
    secrets = List.copyOf(secrets);
  }

  /**
   * The policy for an account at the provider.
   *
   * @param name the provider account's
   * @param given values of the parameters
   * @throws Refusal if something is missing, unknown or of the wrong form
   */
  public static PolicyDraft of(
      Connector connector, boolean livemode, String name, Map<String, String> given) {
    return filled(connector, connector.manifest().setup(), livemode, name, given, false);
  }

  /**
   * The policy by which the sandbox's simulator stands in for the provider.
   *
   * @param simulator where it listens: scheme, host and port
   */
  public static PolicyDraft simulated(
      Connector connector, String simulator, String name, Map<String, String> given) {
    ProviderSetup real = connector.manifest().setup();
    ProviderSetup.Host test = real.test();
    if (test == null || real.live() == null) {
      throw new Refusal(
          "The simulator stands in for real providers; "
              + connector.manifest().name()
              + " is connected already.");
    }
    ProviderSetup setup =
        new ProviderSetup(
            real.documentation(),
            real.secrets(),
            real.parameters(),
            new ProviderSetup.Host(simulator, test.base(), signing(test.more(), simulator)),
            null,
            real.notifications(),
            real.policy());
    return filled(connector, setup, false, name, given, true);
  }

  /**
   * Where the simulator has the certificate that it signs with, and whose that is. Only a sandbox's
   * vault trusts the authority behind it, and only a sandbox's policy names a place on loopback.
   */
  private static Map<String, String> signing(Map<String, String> real, String simulator) {
    Map<String, String> more = new HashMap<>(real);
    more.replace("certificate-host", URI.create(simulator).getAuthority());
    more.replace("certificate-name", Authority.SIGNERS_NAME);
    more.replace("management", simulator);
    return more;
  }

  /**
   * The same with where the provider is told to send its notifications, which two people agree on
   * by installing it; the same where it is told nothing.
   *
   * @param url an HTTP URL without anything that JSON would have to escape
   */
  public PolicyDraft notifying(String url) {
    if (!ADDRESS.matcher(url).matches()) {
      throw new Refusal("This is no address for notifications: " + url);
    }
    String named =
        json.replaceFirst(
            "\"registration\": \\{",
            Matcher.quoteReplacement("\"registration\": {\n    \"url\": \"" + url + "\","));
    return new PolicyDraft(named, host, secrets, isRegistered, registered);
  }

  private static PolicyDraft filled(
      Connector connector,
      ProviderSetup setup,
      boolean livemode,
      String name,
      Map<String, String> given,
      boolean loopback) {
    String json;
    try {
      json = setup.policy(template(setup), livemode, name, given);
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          "No policy for %s: %s. `connectors show %s` says what it needs."
              .formatted(connector.manifest().name(), e.getMessage(), connector.manifest().name()),
          e);
    }
    if (loopback) {
      json = json.replaceFirst("\\{", "{\n  \"allow_loopback\": true,");
    }
    Map<String, @Nullable Object> policy = Json.readObject(json);
    String registered = registered(policy);
    return new PolicyDraft(
        json,
        host(policy),
        setup.secrets().stream()
            .map(
                need ->
                    new ProviderSetup.SecretNeed(
                        need.name().replace("${account}", name), need.what(), need.where()))
            .filter(need -> !need.name().equals(registered))
            .toList(),
        policy.containsKey("registration"),
        registered);
  }

  /** The name of the secret that registering brings, or null. */
  private static @Nullable String registered(Map<String, @Nullable Object> policy) {
    return policy.get("registration") instanceof Map<?, ?> registration
            && registration.containsKey("secret")
            && policy.get("notifications") instanceof Map<?, ?> notifications
            && notifications.get("secret") instanceof String secret
        ? secret.substring(secret.lastIndexOf('/') + 1)
        : null;
  }

  /** The origin's, and where another host makes the tokens, or is told at, that one too. */
  private static String host(Map<String, @Nullable Object> policy) {
    String origin = authority(policy.get("origin"));
    return Stream.of(
            origin,
            other(policy.get("credential"), "token_origin", origin),
            other(policy.get("registration"), "origin", origin))
        .distinct()
        .collect(Collectors.joining(","));
  }

  private static String other(@Nullable Object object, String member, String otherwise) {
    return object instanceof Map<?, ?> map && map.get(member) instanceof String origin
        ? authority(origin)
        : otherwise;
  }

  private static String authority(@Nullable Object origin) {
    return URI.create(String.valueOf(origin)).getAuthority();
  }

  private static String template(ProviderSetup setup) {
    try (InputStream in = Connectors.class.getResourceAsStream(setup.policy())) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
