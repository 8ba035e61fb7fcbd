package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.Credential;
import dev.portcullis.vault.forward.Policy.Definite;
import dev.portcullis.vault.forward.Policy.Notifications;
import dev.portcullis.vault.forward.Policy.Operation;
import dev.portcullis.vault.forward.Policy.SlotRule;
import dev.portcullis.vault.forward.PolicyException.Fault;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a policy file. Whatever is not known in it fails the start: a policy is not guessed. Its
 * members' faults are named all at once.
 */
final class PolicyReader {

  private static final Pattern POINTER = Pattern.compile("(/[0-9A-Za-z_-]{1,64}){1,8}");
  private static final Pattern PATH = Pattern.compile("/(?!/)[0-9A-Za-z_.{}/-]{1,255}");
  private static final Pattern HEADER = Pattern.compile("[0-9A-Za-z-]{1,64}");
  private static final Pattern NAME =
      Pattern.compile("([0-9A-Za-z_-]{1,63}\\.)+[A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])");
  private static final Pattern PIN = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final int MOST_PINS = 8;
  private static final Pattern SCOPE =
      Pattern.compile("[\\x21-\\x7e]{1,128}( [\\x21-\\x7e]{1,128}){0,9}");
  private static final Pattern WEBHOOK = Pattern.compile("[0-9A-Za-z_-]{1,64}");
  private static final Pattern PREFIX = Pattern.compile("[\\x21-\\x7e]{1,32}");

  /** What Stripe's own libraries take. */
  private static final Duration STRIPES_TOLERANCE = Duration.ofMinutes(5);

  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");

  /** What stands for a part that is wrong, until the policy is refused. */
  private static final URI NOWHERE = URI.create("https://nowhere.invalid");

  private static final Credential NO_CREDENTIAL = new Credential.Basic("", "");
  private static final Operation NO_OPERATION =
      new Operation("GET", "/", null, Map.of(), List.of(), null);

  private final String file;
  private final List<Fault> faults = new ArrayList<>();

  private PolicyReader(String file) {
    this.file = file;
  }

  /**
   * Reads a policy.
   *
   * @param file the file's name, for errors
   * @throws PolicyException if it is not one
   */
  static Policy read(String file, byte[] json) {
    PolicyReader reader = new PolicyReader(file);
    try {
      return reader.policy(reader.new Members("", Json.readObject(json)));
    } catch (MalformedJsonException e) {
      throw reader.wrong("/", String.valueOf(e.getMessage()));
    }
  }

  /** A part of the policy; where it is wrong that is noted, and the reading goes on. */
  private <T extends @Nullable Object> T part(Supplier<T> part, T otherwise) {
    try {
      return part.get();
    } catch (PolicyException e) {
      faults.addAll(e.faults());
      return otherwise;
    }
  }

  private Policy policy(Members policy) {
    boolean livemode = part(() -> livemode(policy.text("mode")), false);
    Map<String, Operation> operations =
        part(() -> operations(policy.object("operations")), Map.of());
    Policy read =
        new Policy(
            part(() -> policy.text("provider"), ""),
            livemode,
            part(() -> origin(policy, "origin"), NOWHERE),
            Boolean.TRUE.equals(policy.optional("allow_loopback")),
            part(() -> policy.has("pins") ? pins(policy.texts("pins")) : Set.of(), Set.of()),
            part(() -> credential(policy.object("credential")), NO_CREDENTIAL),
            operations,
            part(() -> policy.has("probe") ? probe(policy.text("probe"), operations) : null, null),
            part(
                () ->
                    policy.has("notifications")
                        ? notifications(policy.object("notifications"))
                        : null,
                null));
    policy.refuseOthers();
    if (!read.allowLoopback()) {
      origins(read).forEach(this::requireName);
    }
    if (read.credential() instanceof Credential.OAuth oauth
        && read.origin().equals(oauth.tokenOrigin())) {
      fault("/credential/token_origin", "is left out where it is the origin");
    }
    if (read.livemode() && read.allowLoopback()) {
      fault("/allow_loopback", "is for test mode alone");
    }
    if (!faults.isEmpty()) {
      throw new PolicyException(file, faults);
    }
    return read;
  }

  /** Every origin that the policy names, by its place in the file. */
  private static Map<String, URI> origins(Policy policy) {
    Map<String, URI> origins = new LinkedHashMap<>();
    origins.put("/origin", policy.origin());
    if (policy.credential() instanceof Credential.OAuth oauth && oauth.tokenOrigin() != null) {
      origins.put("/credential/token_origin", oauth.tokenOrigin());
    }
    if (policy.notifications() instanceof Notifications.PayPal paypal) {
      origins.put("/notifications/certificate_origin", paypal.certificateOrigin());
    }
    return origins;
  }

  private void requireName(String where, URI origin) {
    if (!isName(origin.getHost())) {
      fault(where, "must name a host, and no address");
    }
  }

  private boolean livemode(String mode) {
    if (!mode.equals("test") && !mode.equals("live")) {
      throw wrong("/mode", "must be test or live");
    }
    return mode.equals("live");
  }

  private Map<String, Operation> operations(Members operations) {
    Map<String, Operation> byName = new LinkedHashMap<>();
    for (String name : operations.names()) {
      byName.put(name, part(() -> operation(operations.object(name)), NO_OPERATION));
    }
    return byName;
  }

  private String probe(String name, Map<String, Operation> operations) {
    Operation operation = operations.get(name);
    if (operation == null
        || !operation.method().equals("GET")
        || operation.path().contains("{")
        || !operation.slots().isEmpty()) {
      throw wrong("/probe", "must name a GET operation with a fixed path and no slots");
    }
    return name;
  }

  private Set<String> pins(List<String> pins) {
    if (pins.isEmpty()
        || pins.size() > MOST_PINS
        || !pins.stream().allMatch(pin -> PIN.matcher(pin).matches())) {
      throw wrong("/pins", "must be 1 to " + MOST_PINS + " of sha256: and 64 small hex digits");
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

  private URI origin(Members members, String name) {
    URI origin;
    try {
      origin = new URI(members.text(name));
    } catch (URISyntaxException e) {
      throw wrong(members.where + "/" + name, "is no URL");
    }
    boolean bare =
        origin.getHost() != null
            && origin.getRawPath().isEmpty()
            && origin.getRawQuery() == null
            && origin.getRawUserInfo() == null
            && origin.getRawFragment() == null;
    if (!bare || !"https".equals(origin.getScheme())) {
      throw wrong(members.where + "/" + name, "must be https://host or https://host:port");
    }
    return origin;
  }

  private Credential credential(Members credential) {
    String kind = credential.has("kind") ? credential.text("kind") : "header";
    Credential read =
        switch (kind) {
          case "header" -> header(credential);
          case "basic" ->
              new Credential.Basic(credential.text("username"), credential.text("password"));
          case "oauth2_client_credentials" -> oauth(credential);
          default ->
              throw wrong("/credential/kind", "must be header, basic or oauth2_client_credentials");
        };
    credential.refuseOthers();
    return read;
  }

  private Credential header(Members credential) {
    String format = credential.text("format");
    if (!format.contains(Credentials.PLACE)) {
      throw wrong("/credential/format", "must contain " + Credentials.PLACE);
    }
    return new Credential.Header(
        credential.text("header", HEADER), format, credential.text("secret"));
  }

  private Credential oauth(Members credential) {
    String style = credential.text("style");
    if (!style.equals("basic") && !style.equals("body")) {
      throw wrong("/credential/style", "must be basic or body");
    }
    String path = credential.text("token_path", PATH);
    if (path.contains("{")) {
      throw wrong("/credential/token_path", "must be a fixed path");
    }
    return new Credential.OAuth(
        credential.has("token_origin") ? origin(credential, "token_origin") : null,
        path,
        credential.text("client_id"),
        credential.text("client_secret"),
        style.equals("body"),
        credential.has("scope") ? credential.text("scope", SCOPE) : null);
  }

  private Notifications notifications(Members notifications) {
    String scheme = notifications.text("scheme");
    Notifications read =
        switch (scheme) {
          case "stripe" -> new Notifications.Stripe(secret(notifications), STRIPES_TOLERANCE);
          case "adyen" -> new Notifications.Adyen(secret(notifications));
          case "hmac_sha256_header" -> inHeader(secret(notifications), notifications);
          case "paypal" ->
              new Notifications.PayPal(
                  notifications.text("webhook_id", WEBHOOK),
                  origin(notifications, "certificate_origin"),
                  notifications.text("certificate_name", NAME));
          default ->
              throw wrong(
                  "/notifications/scheme", "must be stripe, adyen, hmac_sha256_header or paypal");
        };
    notifications.refuseOthers();
    return read;
  }

  private static String secret(Members notifications) {
    return notifications.text("secret");
  }

  private Notifications inHeader(String secret, Members notifications) {
    String encoding = notifications.text("encoding");
    if (!encoding.equals("hex") && !encoding.equals("base64")) {
      throw wrong("/notifications/encoding", "must be hex or base64");
    }
    return new Notifications.Header(
        secret,
        notifications.text("header", HEADER).toLowerCase(Locale.ROOT),
        notifications.has("prefix") ? notifications.text("prefix", PREFIX) : "",
        encoding.equals("base64"));
  }

  private Operation operation(Members operation) {
    String method = part(() -> method(operation), "");
    Object header = operation.optional("idempotency_header");
    Operation read =
        new Operation(
            method,
            part(() -> operation.text("path", PATH), ""),
            part(() -> header == null ? null : operation.text("idempotency_header", HEADER), null),
            part(
                () -> operation.has("slots") ? slots(operation.object("slots")) : Map.of(),
                Map.of()),
            part(() -> operation.pointers("answer"), List.of()),
            part(
                () -> operation.has("definite") ? definite(operation.object("definite")) : null,
                null));
    operation.refuseOthers();
    return read;
  }

  private String method(Members operation) {
    String method = operation.text("method");
    if (!METHODS.contains(method)) {
      throw wrong(operation.where + "/method", "must be one of " + String.join(", ", METHODS));
    }
    return method;
  }

  private Map<String, SlotRule> slots(Members slots) {
    Map<String, SlotRule> rules = new LinkedHashMap<>();
    for (String pointer : slots.names()) {
      if (!POINTER.matcher(pointer).matches()) {
        throw wrong(slots.where, "must be JSON pointers");
      }
      String name = slots.text(pointer);
      boolean optional = name.endsWith("?");
      String plain = optional ? name.substring(0, name.length() - 1) : name;
      Slot slot =
          Slot.ofWireName(plain).orElseThrow(() -> wrong(slots.where, "knows no slot " + plain));
      rules.put(pointer, new SlotRule(slot, optional));
    }
    return rules;
  }

  private Definite definite(Members definite) {
    Definite read = new Definite(definite.text("pointer", POINTER), definite.texts("values"));
    definite.refuseOthers();
    return read;
  }

  private PolicyException wrong(String where, String what) {
    return new PolicyException(file, List.of(new Fault(where, what)));
  }

  private void fault(String where, String what) {
    faults.add(new Fault(where, what));
  }

  /** The members of one object of the file. */
  private final class Members {
    private final String where;
    private final Map<String, @Nullable Object> members;
    private final Set<String> read = new HashSet<>();

    Members(String where, Map<String, @Nullable Object> members) {
      this.where = where;
      this.members = members;
    }

    Set<String> names() {
      return members.keySet();
    }

    boolean has(String name) {
      return members.containsKey(name);
    }

    @Nullable Object optional(String name) {
      read.add(name);
      return members.get(name);
    }

    String text(String name) {
      if (optional(name) instanceof String text && !text.isEmpty()) {
        return text;
      }
      throw wrong(where + "/" + name, "must be a text");
    }

    String text(String name, Pattern form) {
      String text = text(name);
      if (!form.matcher(text).matches()) {
        throw wrong(where + "/" + name, "has not the right form");
      }
      return text;
    }

    List<String> texts(String name) {
      if (!(optional(name) instanceof List<?> list)) {
        throw wrong(where + "/" + name, "must be a list");
      }
      List<String> texts = new ArrayList<>();
      for (Object element : list) {
        if (!(element instanceof String text)) {
          throw wrong(where + "/" + name, "must be texts");
        }
        texts.add(text);
      }
      return texts;
    }

    List<String> pointers(String name) {
      List<String> pointers = texts(name);
      if (!pointers.stream().allMatch(pointer -> POINTER.matcher(pointer).matches())) {
        throw wrong(where + "/" + name, "must be JSON pointers");
      }
      return pointers;
    }

    @SuppressWarnings("unchecked") // the JSON reader makes no other maps
    Members object(String name) {
      if (optional(name) instanceof Map<?, ?> object) {
        return new Members(where + "/" + name, (Map<String, @Nullable Object>) object);
      }
      throw wrong(where + "/" + name, "must be an object");
    }

    void refuseOthers() {
      for (String name : members.keySet()) {
        if (!read.contains(name)) {
          fault(where + "/" + name, "is not known");
        }
      }
    }
  }
}
