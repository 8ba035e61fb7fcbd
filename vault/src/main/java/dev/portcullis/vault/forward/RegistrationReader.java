package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.Credential;
import dev.portcullis.vault.forward.Policy.Encoding;
import dev.portcullis.vault.forward.Policy.Request;
import dev.portcullis.vault.forward.Registration.Call;
import dev.portcullis.vault.forward.Registration.Entries;
import dev.portcullis.vault.forward.Registration.Pages;
import dev.portcullis.vault.forward.Registration.SecretOf;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads how a provider is told where its notifications go. */
final class RegistrationReader {

  private static final String ID_PLACE = "{id}";
  private static final String VAULTS = "vault";
  private static final Pattern PARAMETER = Pattern.compile("[0-9A-Za-z_]{1,64}");
  private static final int MOST_DEPTH = 8;

  private final PolicyFaults faults;
  private final OperationReader operations;

  RegistrationReader(PolicyFaults faults, OperationReader operations) {
    this.faults = faults;
    this.operations = operations;
  }

  /**
   * Reads it.
   *
   * @param origin its own, or null
   * @param credential its own, or null
   */
  Registration read(
      PolicyObject registration, @Nullable URI origin, @Nullable Credential credential) {
    Registration read =
        new Registration(
            registration.has("url") ? registration.text("url", Registration.ADDRESS) : null,
            origin,
            credential,
            call(registration.object("register"), false),
            call(registration.object("list"), false),
            registration.has("pages") ? pages(registration.object("pages")) : null,
            registration.has("read") ? call(registration.object("read"), true) : null,
            call(registration.object("remove"), true),
            registration.has("sign") ? call(registration.object("sign"), true) : null,
            entries(registration.object("entries")),
            registration.text("id", PolicyObject.POINTER),
            registration.has("secret") ? secret(registration) : new SecretOf.Nobody());
    registration.refuseOthers();
    requireSound(registration, read);
    return read;
  }

  private SecretOf secret(PolicyObject registration) {
    return registration.text("secret").equals(VAULTS)
        ? new SecretOf.Vault()
        : new SecretOf.Provider(registration.text("secret", PolicyObject.POINTER));
  }

  private void requireSound(PolicyObject registration, Registration read) {
    Set<String> said = texts(read.register().body());
    if (!said.contains(Registration.URL)) {
      throw faults.wrong(
          registration.at("register") + "/body", "must have " + Registration.URL + " somewhere");
    }
    if (said.contains(Registration.SECRET) != read.secret() instanceof SecretOf.Vault) {
      throw faults.wrong(
          registration.at("secret"),
          "must be \"vault\" where the body has " + Registration.SECRET + ", and only there");
    }
    if (read.sign() != null && !(read.secret() instanceof SecretOf.Provider)) {
      throw faults.wrong(registration.at("sign"), "is for a secret that the provider makes");
    }
  }

  private Call call(PolicyObject call, boolean ofOne) {
    Request request = operations.request(call);
    boolean isOfOne = request.path().contains(ID_PLACE);
    if (isOfOne != ofOne || request.path().replace(ID_PLACE, "").contains("{")) {
      throw faults.wrong(call.at("path"), ofOne ? "must have the place {id}" : "has no places");
    }
    if (request.idempotencyHeader() != null
        || String.join("", request.query().values()).contains("{")) {
      throw faults.wrong(call.at("query"), "has no places, and the call no idempotency key");
    }
    Encoding encoding = OperationReader.encoding(call);
    Map<?, ?> body = body(call);
    if (body != null) {
      requireBody(call, encoding, body, 0);
    }
    call.refuseOthers();
    return new Call(request, encoding, body);
  }

  private @Nullable Map<?, ?> body(PolicyObject call) {
    if (!call.has("body")) {
      return null;
    }
    if (call.optional("body") instanceof Map<?, ?> object) {
      return object;
    }
    throw faults.wrong(call.at("body"), "must be an object");
  }

  private void requireBody(
      PolicyObject call, Encoding encoding, @Nullable Object value, int depth) {
    if (depth > MOST_DEPTH) {
      throw faults.wrong(call.at("body"), "is nested too deeply");
    }
    switch (value) {
      case Map<?, ?> object ->
          object.forEach(
              (name, member) -> {
                if (encoding == Encoding.FORM && !FormBody.isName((String) name)) {
                  throw faults.wrong(call.at("body"), "has a name that no form has");
                }
                requireBody(call, encoding, member, depth + 1);
              });
      case List<?> list -> list.forEach(element -> requireBody(call, encoding, element, depth + 1));
      case null, default -> {
        // A text, a number or a truth stands anywhere.
      }
    }
  }

  private static Pages pages(PolicyObject pages) {
    Pages read =
        new Pages(
            pages.text("more", PolicyObject.POINTER),
            pages.text("parameter", PARAMETER),
            pages.oneOf("by", List.of("number", "last_id")).equals("number"));
    pages.refuseOthers();
    return read;
  }

  private Entries entries(PolicyObject entries) {
    boolean told = entries.has("active");
    Entries read =
        new Entries(
            entries.text("each", PolicyObject.POINTER),
            entries.text("id", PolicyObject.POINTER),
            entries.text("url", PolicyObject.POINTER),
            told ? entries.text("active", PolicyObject.POINTER) : null,
            told ? entries.texts("active_values") : List.of());
    entries.refuseOthers();
    return read;
  }

  private static Set<String> texts(@Nullable Object value) {
    Set<String> texts = new HashSet<>();
    collect(value, texts);
    return texts;
  }

  private static void collect(@Nullable Object value, Set<String> texts) {
    switch (value) {
      case Map<?, ?> object -> object.values().forEach(member -> collect(member, texts));
      case List<?> list -> list.forEach(element -> collect(element, texts));
      case String text -> texts.add(text);
      case null, default -> {}
    }
  }
}
