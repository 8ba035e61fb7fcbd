package dev.portcullis.vault.forward;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import java.nio.charset.StandardCharsets;

/** A provider's credential: the secret, and how it stands in its header. */
final class Credentials {

  static final String PLACE = "{{secret}}";

  private final Policy.Credential form;
  private final Secret secret;
  private final SecretAccess access;

  Credentials(Policy.Credential form, Secret secret, SecretAccess access) {
    this.form = form;
    this.secret = secret;
    this.access = access;
  }

  String header() {
    return form.header();
  }

  /** The header's value, for the request that is about to leave. */
  String insecureHeaderValue() {
    return form.format().replace(PLACE, secret.reveal(access));
  }

  /** The secret's bytes, for taking it out of an answer. */
  byte[] insecureBytes() {
    return secret.reveal(access).getBytes(StandardCharsets.UTF_8);
  }
}
