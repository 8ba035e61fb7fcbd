package dev.portcullis.vault.forward;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.forward.Policy.Credential;
import dev.portcullis.vault.secrets.ProviderSecret.Use;
import dev.portcullis.wire.egress.EgressRequest;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A provider's credential: its secrets, and how they stand in a request. */
final class Credentials {

  static final String PLACE = "{{secret}}";

  static final String AUTHORIZATION = "Authorization";
  private static final int HTTPS = 443;

  private final Credential form;
  private final URI origin;
  private final List<BoundSecret> secrets;
  private final SecretAccess access;

  private Credentials(Credential form, URI origin, List<BoundSecret> secrets, SecretAccess access) {
    this.form = form;
    this.origin = origin;
    this.secrets = List.copyOf(secrets);
    this.access = access;
  }

  /**
   * The credential of a policy.
   *
   * @param file the policy's file, for errors
   * @param secrets those that {@link Credential#secrets} names, in that order
   * @throws PolicyException if the policy wants a secret for what it is not bound to
   */
  static Credentials of(
      String file, Policy policy, List<BoundSecret> secrets, SecretAccess access) {
    for (BoundSecret secret : secrets) {
      requireBoundTo(file, policy, secret.use(), hosts(policy));
      requireSame(file, "account", secret.use().account(), secrets.getFirst().use().account());
    }
    return new Credentials(policy.credential(), policy.origin(), secrets, access);
  }

  /**
   * The same secrets, as a provider wants them where it is told where its notifications go.
   *
   * @param names those of {@link #secrets}, as the policy's credential has them
   */
  Credentials forRegistration(List<String> names, Registration registration) {
    Credential own = registration.credential();
    URI there = registration.origin();
    return new Credentials(
        own == null ? form : own,
        there == null ? origin : there,
        own == null
            ? secrets
            : own.secrets().stream().map(name -> secrets.get(names.indexOf(name))).toList(),
        access);
  }

  /**
   * Sees to it that the secret of a policy's notifications serves its provider, mode and host.
   *
   * @throws PolicyException if it is bound to something else
   */
  static void requireSigns(String file, Policy policy, Use binding) {
    requireBoundTo(file, policy, binding, host(policy.origin()));
  }

  private static void requireBoundTo(String file, Policy policy, Use binding, String hosts) {
    requireSame(file, "provider", binding.providerAccount(), policy.provider());
    requireSame(file, "mode", mode(binding.livemode()), mode(policy.livemode()));
    requireSame(file, "host", binding.host(), hosts);
  }

  private static void requireSame(String file, String what, String bound, String wanted) {
    if (!bound.equals(wanted)) {
      throw new PolicyException(
          "The forward policy %s is for the %s %s, and its secret is bound to %s."
              .formatted(file, what, wanted, bound));
    }
  }

  private static String mode(boolean livemode) {
    return livemode ? "live" : "test";
  }

  /**
   * The provider's, and after a comma the one that makes its tokens, or that it is told at where
   * its notifications go, where that is another.
   */
  private static String hosts(Policy policy) {
    String host = host(policy.origin());
    if (policy.credential() instanceof Credential.OAuth oauth && oauth.tokenOrigin() != null) {
      host += "," + host(oauth.tokenOrigin());
    }
    Registration registration = policy.registration();
    return registration == null || registration.origin() == null
        ? host
        : host + "," + host(registration.origin());
  }

  static String host(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    return uri.getPort() < 0 || uri.getPort() == HTTPS ? host : host + ":" + uri.getPort();
  }

  /** Whose payments it may be used for. */
  boolean isFor(Owner owner) {
    return binding().account().equals(owner.account()) && binding().livemode() == owner.livemode();
  }

  Use binding() {
    return secrets.getFirst().use();
  }

  /** Which versions of which secrets it is, for the log. */
  String version() {
    return secrets.stream().map(BoundSecret::version).collect(Collectors.joining("+"));
  }

  /**
   * What goes with the request that is about to leave, where that is the credential itself.
   *
   * @throws IllegalStateException if the request is another owner's or goes to another host
   */
  Authorization.Granted authorize(Owner owner, URI target) {
    requireBinding(owner, origin, target);
    return switch (form) {
      case Credential.Header one ->
          Authorization.Granted.header(
              one.header(), one.format().replace(PLACE, text(0)), List.of(bytes(text(0))));
      case Credential.Basic _ -> basic(text(0), text(1));
      case Credential.OAuth _ ->
          throw new IllegalStateException("a client's secret is for the token endpoint alone");
      case Credential.Body body -> inBody(body);
    };
  }

  private Authorization.Granted inBody(Credential.Body body) {
    Map<String, String> members = new LinkedHashMap<>();
    List<byte[]> values = new ArrayList<>();
    for (int which = 0; which < body.members().size(); which++) {
      members.put(body.members().get(which), text(which));
      values.add(bytes(text(which)));
    }
    return new Authorization.Granted(Map.of(), members, values);
  }

  private Authorization.Granted basic(String name, String password) {
    String pair = name + ":" + password;
    return Authorization.Granted.header(
        AUTHORIZATION,
        "Basic " + Base64.getEncoder().encodeToString(bytes(pair)),
        List.of(bytes(pair), bytes(text(0)), bytes(text(1))));
  }

  /** What goes with a request for which a token was made. */
  Authorization.Granted withToken(Owner owner, URI target, String token) {
    requireBinding(owner, origin, target);
    return Authorization.Granted.header(
        AUTHORIZATION, "Bearer " + token, List.of(bytes(token), bytes(text(0)), bytes(text(1))));
  }

  /** Asks for a token (RFC 6749, 4.4.2); the body is to be cleared by the caller. */
  EgressRequest tokenRequest(Credential.OAuth oauth) {
    Owner owner = new Owner(binding().account(), binding().livemode());
    URI endpoint = oauth.endpoint(origin);
    requireBinding(owner, endpoint, endpoint);
    StringBuilder body = new StringBuilder("grant_type=client_credentials");
    if (oauth.scope() != null) {
      body.append("&scope=").append(encoded(oauth.scope()));
    }
    Map<String, String> headers =
        new HashMap<>(
            Map.of(
                "Accept", "application/json", "Content-Type", "application/x-www-form-urlencoded"));
    if (oauth.inBody()) {
      body.append("&client_id=").append(encoded(text(0)));
      body.append("&client_secret=").append(encoded(text(1)));
    } else {
      Authorization.Granted granted = basic(encoded(text(0)), encoded(text(1)));
      headers.putAll(granted.insecureHeaders());
    }
    return new EgressRequest("POST", endpoint, headers, bytes(body.toString()));
  }

  /**
   * @param meant whose host the request may go to, one of those that the secrets are bound to: the
   *     provider's gets no client's secret, and the one that makes tokens gets no token
   */
  private void requireBinding(Owner owner, URI meant, URI target) {
    // Checked where the policy was read and where the provider was found; this is the last place.
    if (!isFor(owner)
        || !"https".equals(target.getScheme())
        || !host(meant).equals(host(target))
        || !List.of(binding().host().split(",")).contains(host(target))) {
      throw new IllegalStateException("a provider's secret would be used beyond its binding");
    }
  }

  /** A secret that goes to the provider because it is told it, such as one to sign with. */
  String revealed(Secret told) {
    return told.reveal(access);
  }

  private String text(int which) {
    return secrets.get(which).secret().reveal(access);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
