package dev.portcullis.vault.forward;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.secrets.ProviderSecret.Use;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A provider's credential: the secret, and how it stands in its header. */
final class Credentials {

  static final String PLACE = "{{secret}}";

  private static final int HTTPS = 443;

  private final Policy.Credential form;
  private final Secret secret;
  private final Use binding;
  private final String version;
  private final SecretAccess access;

  private Credentials(Policy.Credential form, BoundSecret bound, SecretAccess access) {
    this.form = form;
    this.secret = bound.secret();
    this.binding = bound.use();
    this.version = bound.version();
    this.access = access;
  }

  /**
   * The credential of a policy.
   *
   * @param file the policy's file, for errors
   * @throws PolicyException if the policy wants the secret for what it is not bound to
   */
  static Credentials of(String file, Policy policy, BoundSecret bound, SecretAccess access) {
    Use binding = bound.use();
    requireSame(file, "provider", binding.providerAccount(), policy.provider());
    requireSame(file, "mode", mode(binding.livemode()), mode(policy.livemode()));
    requireSame(file, "host", binding.host(), host(policy.origin()));
    return new Credentials(policy.credential(), bound, access);
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

  private static String host(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    return uri.getPort() < 0 || uri.getPort() == HTTPS ? host : host + ":" + uri.getPort();
  }

  /** Whose payments it may be used for. */
  boolean isFor(Owner owner) {
    return binding.account().equals(owner.account()) && binding.livemode() == owner.livemode();
  }

  Use binding() {
    return binding;
  }

  /** Which version of which secret it is, for the log. */
  String version() {
    return version;
  }

  String header() {
    return form.header();
  }

  /**
   * The header's value, for the request that is about to leave.
   *
   * @throws IllegalStateException if the request is another owner's or goes to another host
   */
  String insecureHeaderValue(Owner owner, URI target) {
    // Checked where the policy was read and where the provider was found; this is the last place.
    if (!isFor(owner)
        || !"https".equals(target.getScheme())
        || !binding.host().equals(host(target))) {
      throw new IllegalStateException("a provider's secret would be used beyond its binding");
    }
    return form.format().replace(PLACE, secret.reveal(access));
  }

  /** The secret's bytes, for taking it out of an answer. */
  byte[] insecureBytes() {
    return secret.reveal(access).getBytes(StandardCharsets.UTF_8);
  }
}
