package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.Credential;
import dev.portcullis.vault.forward.Policy.Notifications;
import dev.portcullis.vault.forward.Policy.Operation;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a policy file. Whatever is not known in it fails the start: a policy is not guessed. Its
 * members' faults are named all at once.
 */
final class PolicyReader {

  private static final Pattern NAME =
      Pattern.compile("([0-9A-Za-z_-]{1,63}\\.)+[A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])");
  private static final Pattern PIN = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final int MOST_PINS = 8;
  private static final Pattern SCOPE =
      Pattern.compile("[\\x21-\\x7e]{1,128}( [\\x21-\\x7e]{1,128}){0,9}");
  private static final Pattern WEBHOOK = Pattern.compile("[0-9A-Za-z_-]{1,64}");
  private static final List<String> CREDENTIALS =
      List.of("header", "basic", "oauth2_client_credentials", "body");
  private static final List<String> SCHEMES =
      List.of("stripe", "adyen", "hmac_sha256_header", "hmac_sha512_header", "braintree", "paypal");
  private static final Pattern PREFIX = Pattern.compile("[\\x21-\\x7e]{1,32}");

  /** What Stripe's own libraries take. */
  private static final Duration STRIPES_TOLERANCE = Duration.ofMinutes(5);

  /** What stands for a part that is wrong, until the policy is refused. */
  private static final URI NOWHERE = URI.create("https://nowhere.invalid");

  private static final Credential NO_CREDENTIAL = new Credential.Basic("", "");
  private final PolicyFaults faults;

  private PolicyReader(PolicyFaults faults) {
    this.faults = faults;
  }

  /**
   * Reads a policy.
   *
   * @param file the file's name, for errors
   * @throws PolicyException if it is not one
   */
  static Policy read(String file, byte[] json) {
    PolicyFaults faults = new PolicyFaults(file);
    try {
      return new PolicyReader(faults).policy(new PolicyObject("", Json.readObject(json), faults));
    } catch (MalformedJsonException e) {
      throw faults.wrong("/", String.valueOf(e.getMessage()));
    }
  }

  private Policy policy(PolicyObject policy) {
    boolean livemode =
        faults.part(() -> policy.oneOf("mode", List.of("test", "live")).equals("live"), false);
    Credential credential =
        faults.part(() -> credential(policy.object("credential")), NO_CREDENTIAL);
    OperationReader operationReader = new OperationReader(faults, credential, policy);
    Map<String, Operation> operations =
        faults.part(() -> operationReader.read(policy.object("operations")), Map.of());
    Policy read =
        new Policy(
            faults.part(() -> policy.text("provider"), ""),
            livemode,
            faults.part(() -> origin(policy, "origin"), NOWHERE),
            Boolean.TRUE.equals(policy.optional("allow_loopback")),
            faults.part(() -> policy.has("pins") ? pins(policy) : Set.of(), Set.of()),
            credential,
            operations,
            faults.part(() -> policy.has("probe") ? probe(policy, operations) : null, null),
            faults.part(
                () ->
                    policy.has("notifications")
                        ? notifications(policy.object("notifications"))
                        : null,
                null),
            faults.part(
                () -> policy.has("registration") ? registration(policy, operationReader) : null,
                null));
    policy.refuseOthers();
    requireSound(read);
    faults.throwIfAny();
    return read;
  }

  /** What no part can say by itself. */
  private void requireSound(Policy read) {
    if (!read.allowLoopback()) {
      origins(read).forEach(this::requireName);
    }
    if (read.credential() instanceof Credential.OAuth oauth
        && read.origin().equals(oauth.tokenOrigin())) {
      faults.note("/credential/token_origin", "is left out where it is the origin");
    }
    requireSound(read, read.registration());
    if (read.livemode() && read.allowLoopback()) {
      faults.note("/allow_loopback", "is for test mode alone");
    }
  }

  private void requireSound(Policy read, @Nullable Registration registration) {
    if (registration == null) {
      return;
    }
    if (registration.bringsSecret()
        && !(read.notifications() instanceof Notifications.Keyed keyed
            && keyed.secret().startsWith(Providers.ENTERED))) {
      faults.note(
          "/registration/secret", "is for notifications with a secret that administrators enter");
    }
    String url = registration.url();
    if (url != null && !url.startsWith("https://") && !read.allowLoopback()) {
      faults.note("/registration/url", "must be https://");
    }
    Credential own = registration.credential();
    if (own != null && !read.credential().secrets().containsAll(own.secrets())) {
      faults.note("/registration/credential", "has a secret that the policy's has not");
    }
    boolean other = own != null || registration.origin() != null;
    if (own instanceof Credential.OAuth
        || (other && read.credential() instanceof Credential.OAuth)) {
      faults.note("/registration", "has the credential and the origin of the policy's own tokens");
    }
    if (own instanceof Credential.Body
        || (own == null && read.credential() instanceof Credential.Body)) {
      faults.note("/registration/credential", "must be one of a header");
    }
  }

  /** An origin of its own that is the policy's, such as a simulator's, is none. */
  private Registration registration(PolicyObject policy, OperationReader operations) {
    PolicyObject registration = policy.object("registration");
    URI there = registration.has("origin") ? origin(registration, "origin") : null;
    URI origin = there == null || there.equals(origin(policy, "origin")) ? null : there;
    Credential credential =
        registration.has("credential") ? credential(registration.object("credential")) : null;
    return new RegistrationReader(faults, operations).read(registration, origin, credential);
  }

  /** Every origin that the policy names, by its place in the file. */
  private static Map<String, URI> origins(Policy policy) {
    Map<String, URI> origins = new LinkedHashMap<>();
    origins.put("/origin", policy.origin());
    if (policy.credential() instanceof Credential.OAuth oauth && oauth.tokenOrigin() != null) {
      origins.put("/credential/token_origin", oauth.tokenOrigin());
    }
    if (policy.registration() != null && policy.registration().origin() != null) {
      origins.put("/registration/origin", policy.registration().origin());
    }
    if (policy.notifications() instanceof Notifications.PayPal paypal) {
      origins.put("/notifications/certificate_origin", paypal.certificateOrigin());
    }
    return origins;
  }

  private void requireName(String where, URI origin) {
    if (!isName(origin.getHost())) {
      faults.note(where, "must name a host, and no address");
    }
  }

  /** One that does nothing whoever makes it: all of it is the policy's. */
  private String probe(PolicyObject policy, Map<String, Operation> operations) {
    String name = policy.text("probe");
    Operation operation = operations.get(name);
    if (operation == null
        || !isWhole(operation)
        || operation.request().hasPlaces()
        || operation.request().idempotencyHeader() != null
        || !operation.body().slots().isEmpty()) {
      throw faults.wrong(
          "/probe",
          "must name an operation with a fixed path and no slots: a GET, or a POST whose body is"
              + " the policy's");
    }
    return name;
  }

  private static boolean isWhole(Operation operation) {
    String method = operation.request().method();
    return method.equals("GET") || (method.equals("POST") && operation.body().isThere());
  }

  private Set<String> pins(PolicyObject policy) {
    List<String> pins = policy.texts("pins");
    if (pins.isEmpty()
        || pins.size() > MOST_PINS
        || !pins.stream().allMatch(pin -> PIN.matcher(pin).matches())) {
      throw faults.wrong(
          "/pins", "must be 1 to " + MOST_PINS + " of sha256: and 64 small hex digits");
    }
    return Set.copyOf(pins);
  }

  /**
   * A name of the public DNS. Addresses have forms that read differently here and there
   * (0177.0.0.1, 0x7f.1, 2130706433), and a name with a dot at its end is another one to a
   * certificate.
   */
  private static boolean isName(String host) {
    return NAME.matcher(host).matches();
  }

  private URI origin(PolicyObject members, String name) {
    URI origin;
    try {
      origin = new URI(members.text(name));
    } catch (URISyntaxException e) {
      throw faults.wrong(members.at(name), "is no URL");
    }
    boolean bare =
        origin.getHost() != null
            && origin.getRawPath().isEmpty()
            && origin.getRawQuery() == null
            && origin.getRawUserInfo() == null
            && origin.getRawFragment() == null;
    if (!bare || !"https".equals(origin.getScheme())) {
      throw faults.wrong(members.at(name), "must be https://host or https://host:port");
    }
    return origin;
  }

  private Credential credential(PolicyObject credential) {
    String kind =
        credential.has("kind") ? credential.oneOf("kind", CREDENTIALS) : CREDENTIALS.getFirst();
    Credential read =
        switch (kind) {
          case "header" -> header(credential);
          case "basic" ->
              new Credential.Basic(credential.text("username"), credential.text("password"));
          case "oauth2_client_credentials" -> oauth(credential);
          default -> inBody(credential);
        };
    credential.refuseOthers();
    return read;
  }

  private Credential header(PolicyObject credential) {
    String format = credential.text("format");
    if (!format.contains(Credentials.PLACE)) {
      throw faults.wrong("/credential/format", "must contain " + Credentials.PLACE);
    }
    String header = credential.text("header", HeaderRules.NAME);
    if (HeaderRules.isTransport(header)) {
      throw faults.wrong("/credential/header", "is a header of the vault's own");
    }
    return new Credential.Header(header, format, credential.text("secret"));
  }

  private Credential oauth(PolicyObject credential) {
    String path = credential.text("token_path", OperationReader.PATH);
    if (path.contains("{")) {
      throw faults.wrong("/credential/token_path", "must be a fixed path");
    }
    return new Credential.OAuth(
        credential.has("token_origin") ? origin(credential, "token_origin") : null,
        path,
        credential.text("client_id"),
        credential.text("client_secret"),
        credential.oneOf("style", List.of("basic", "body")).equals("body"),
        credential.has("scope") ? credential.text("scope", SCOPE) : null);
  }

  private Credential inBody(PolicyObject credential) {
    Map<String, String> members =
        credential.byName(
            "members",
            OperationReader.MEMBER,
            "JSON pointers to members",
            (object, pointer) -> object.text(pointer));
    List<String> pointers = List.copyOf(members.keySet());
    if (pointers.isEmpty()) {
      throw faults.wrong("/credential/members", "must be secrets by JSON pointer");
    }
    for (int i = 0; i < pointers.size(); i++) {
      for (String other : pointers.subList(i + 1, pointers.size())) {
        if (OperationReader.overlap(pointers.get(i), other)) {
          throw faults.wrong(
              "/credential/members",
              "has " + other + ", which is where " + pointers.get(i) + " is");
        }
      }
    }
    return new Credential.Body(pointers, List.copyOf(members.values()));
  }

  private Notifications notifications(PolicyObject notifications) {
    Notifications read =
        switch (notifications.oneOf("scheme", SCHEMES)) {
          case "stripe" -> new Notifications.Stripe(secret(notifications), STRIPES_TOLERANCE);
          case "adyen" -> new Notifications.Adyen(secret(notifications));
          case "hmac_sha256_header" -> inHeader("HmacSHA256", notifications);
          case "hmac_sha512_header" -> inHeader("HmacSHA512", notifications);
          case "braintree" -> new Notifications.Braintree(secret(notifications));
          default ->
              new Notifications.PayPal(
                  notifications.text("webhook_id", WEBHOOK),
                  origin(notifications, "certificate_origin"),
                  notifications.text("certificate_name", NAME));
        };
    notifications.refuseOthers();
    return read;
  }

  private static String secret(PolicyObject notifications) {
    return notifications.text("secret");
  }

  private static Notifications inHeader(String algorithm, PolicyObject notifications) {
    String secret = secret(notifications);
    boolean base64 = notifications.oneOf("encoding", List.of("hex", "base64")).equals("base64");
    return new Notifications.Header(
        secret,
        algorithm,
        notifications.text("header", HeaderRules.NAME).toLowerCase(Locale.ROOT),
        notifications.has("prefix") ? notifications.text("prefix", PREFIX) : "",
        base64);
  }
}
