package dev.portcullis.connectors.spi;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What somebody needs to connect an account at a provider, and the forward policy for it.
 *
 * @param documentation the provider's own page about it
 * @param secrets what is entered into the vault
 * @param parameters what else differs from account to account; nothing secret
 * @param test where its test mode is, or null without one
 * @param live where real money moves, or null if it moves none
 * @param notifications the scheme that its notifications are signed by, as a forward policy names
 *     it, or null if it sends none
 * @param policy the class path resource of the policy's template
 */
public record ProviderSetup(
    URI documentation,
    List<SecretNeed> secrets,
    List<Parameter> parameters,
    @Nullable Host test,
    @Nullable Host live,
    @Nullable String notifications,
    String policy) {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([a-z-]+)}");
  private static final Pattern ACCOUNT = Pattern.compile("[a-z][a-z0-9_-]{0,48}");

  /** Takes copies. */
  public ProviderSetup {
    secrets = List.copyOf(secrets);
    parameters = List.copyOf(parameters);
  }

  /**
   * A secret that the vault needs.
   *
   * @param name its name after {@code secret://}, with <code>${account}</code> for the provider
   *     account's
   * @param what it is, in the provider's words
   * @param where one finds it
   */
  public record SecretNeed(String name, String what, String where) {}

  /**
   * Something that differs from account to account and is no secret.
   *
   * @param name small letters and {@code -}
   * @param what it is, in the provider's words
   * @param where one finds it
   * @param form what it looks like; no form takes a quotation mark or a backslash
   */
  public record Parameter(String name, String what, String where, Pattern form) {}

  /**
   * Where a mode is.
   *
   * @param origin scheme and host, with <code>${name}</code> for parameters
   * @param base what its paths begin with; mostly empty
   * @param more what else of the policy is another in each mode, by placeholder
   */
  public record Host(String origin, String base, Map<String, String> more) {
    /** Takes a copy. */
    public Host {
      more = Map.copyOf(more);
    }

    /** Nothing else is. */
    public Host(String origin, String base) {
      this(origin, base, Map.of());
    }
  }

  /**
   * The forward policy of one account.
   *
   * @param template the text of the resource {@link #policy()}
   * @param livemode whether it moves real money
   * @param account the name that the provider account gets: a small letter, then up to 48 small
   *     letters, digits, {@code _} and {@code -}
   * @param given the parameters' values by name; what the mode does not need may be missing
   * @throws IllegalArgumentException if the provider has no such mode, or something is missing, is
   *     not of its form or is unknown; the message says what
   */
  public String policy(
      String template, boolean livemode, String account, Map<String, String> given) {
    Host host = livemode ? live : test;
    if (host == null) {
      throw new IllegalArgumentException(
          "the provider has no " + (livemode ? "live" : "test") + " mode");
    }
    if (!ACCOUNT.matcher(account).matches()) {
      throw new IllegalArgumentException("the account's name has not the right form");
    }
    Map<String, String> values = checked(given, host.origin + template);
    values.put("origin", fill(host.origin, values));
    values.put("base", host.base);
    values.putAll(host.more);
    values.put("mode", livemode ? "live" : "test");
    values.put("account", account);
    return fill(template, values);
  }

  private Map<String, String> checked(Map<String, String> given, String text) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      String value = given.get(parameter.name);
      if (value != null && parameter.form.matcher(value).matches()) {
        values.put(parameter.name, value);
      } else if (value != null) {
        throw new IllegalArgumentException(parameter.name + " has not the right form");
      } else if (text.contains("${" + parameter.name + "}")) {
        throw new IllegalArgumentException(parameter.name + " is missing");
      }
    }
    for (String name : given.keySet()) {
      if (!values.containsKey(name)) {
        throw new IllegalArgumentException("the provider knows no parameter " + name);
      }
    }
    return values;
  }

  private static String fill(String template, Map<String, String> values) {
    StringBuilder filled = new StringBuilder();
    Matcher matcher = PLACEHOLDER.matcher(template);
    while (matcher.find()) {
      String value = values.get(matcher.group(1));
      if (value == null) {
        throw new IllegalArgumentException("the template names " + matcher.group());
      }
      matcher.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(filled).toString();
  }
}
