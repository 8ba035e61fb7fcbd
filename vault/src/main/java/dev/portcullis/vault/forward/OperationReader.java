package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.Body;
import dev.portcullis.vault.forward.Policy.Credential;
import dev.portcullis.vault.forward.Policy.Definite;
import dev.portcullis.vault.forward.Policy.Encoding;
import dev.portcullis.vault.forward.Policy.Operation;
import dev.portcullis.vault.forward.Policy.Request;
import dev.portcullis.vault.forward.Policy.SlotRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the operations of a policy. */
final class OperationReader {

  static final Pattern PATH = Pattern.compile("/(?!/)[0-9A-Za-z_.{}/-]{1,255}");

  private static final Pattern QUERY_NAME = Pattern.compile("[0-9A-Za-z_.\\[\\]-]{1,64}");

  /** Printable characters of ASCII; a brace begins or ends a place. */
  private static final Pattern QUERY_VALUE =
      Pattern.compile("(?=.{1,256}$)([\\x20-\\x7a|~]|\\{[a-z_]{1,32}})+");

  /** A member of an object, so no element of a list: something must not stand in each of them. */
  static final Pattern MEMBER = Pattern.compile("(/(?!-(/|$))[0-9A-Za-z_-]{1,64}){1,8}");

  private static final Pattern ENVELOPE = Pattern.compile("[0-9A-Za-z_]{1,64}");
  private static final Pattern FIXED_TEXT = Pattern.compile("[\\x20-\\x7e\\n]{1,8192}");
  private static final String AS = " as ";
  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");
  private static final Set<String> WITHOUT_BODY = Set.of("GET", "DELETE");

  private static final Body NO_BODY = new Body(Encoding.JSON, null, Map.of(), Map.of());

  /** What stands for an operation that is wrong, until the policy is refused. */
  private static final Operation NO_OPERATION =
      new Operation(
          new Request("GET", "/", Map.of(), Map.of(), null), NO_BODY, List.of(), List.of());

  private final PolicyFaults faults;
  private final Credential credential;
  private final Map<String, String> headersOfAll;

  /**
   * @param credential what the vault alone writes
   * @param policy the whole file, for the headers of all operations
   */
  OperationReader(PolicyFaults faults, Credential credential, PolicyObject policy) {
    this.faults = faults;
    this.credential = credential;
    this.headersOfAll = faults.part(() -> headers(policy), Map.of());
  }

  Map<String, Operation> read(PolicyObject operations) {
    Map<String, Operation> byName = new LinkedHashMap<>();
    for (String name : operations.names()) {
      byName.put(name, faults.part(() -> operation(operations.object(name)), NO_OPERATION));
    }
    return byName;
  }

  private Operation operation(PolicyObject operation) {
    Request request = request(operation);
    Operation read =
        new Operation(
            request,
            faults.part(() -> body(operation, request.method()), NO_BODY),
            faults.part(() -> operation.pointers("answer"), List.of()),
            faults.part(() -> definite(operation), List.of()));
    operation.refuseOthers();
    return read;
  }

  Request request(PolicyObject operation) {
    String idempotency = faults.part(() -> idempotencyHeader(operation), null);
    Map<String, String> own = faults.part(() -> headers(operation), Map.of());
    requireDistinct(operation, own, idempotency);
    Map<String, String> headers = new LinkedHashMap<>(headersOfAll);
    headers.putAll(own);
    return new Request(
        faults.part(() -> operation.oneOf("method", METHODS), ""),
        faults.part(() -> operation.text("path", PATH), ""),
        faults.part(() -> query(operation), Map.of()),
        headers,
        idempotency);
  }

  private @Nullable String idempotencyHeader(PolicyObject operation) {
    if (operation.optional("idempotency_header") == null) {
      return null;
    }
    String name = operation.text("idempotency_header", HeaderRules.NAME);
    if (HeaderRules.isTransport(name) || isCredentials(name)) {
      throw faults.wrong(operation.at("idempotency_header"), "is a header of the vault's own");
    }
    return name;
  }

  private Map<String, String> headers(PolicyObject object) {
    Map<String, String> headers =
        object.byName(
            "headers",
            HeaderRules.NAME,
            "headers' names",
            (members, name) -> members.text(name, HeaderRules.VALUE));
    for (String name : headers.keySet()) {
      if (!HeaderRules.isConstant(name) || isCredentials(name)) {
        throw faults.wrong(
            object.at("headers") + "/" + name,
            "is a header of the vault's own, or of a credential, or one that differs each time");
      }
    }
    return headers;
  }

  private boolean isCredentials(String name) {
    String own =
        credential instanceof Credential.Header header
            ? header.header()
            : Credentials.AUTHORIZATION;
    return own.equalsIgnoreCase(name) || Credentials.AUTHORIZATION.equalsIgnoreCase(name);
  }

  /** One that stands twice would have whichever value comes last. */
  private void requireDistinct(
      PolicyObject operation, Map<String, String> own, @Nullable String idempotency) {
    List<String> all = new ArrayList<>(headersOfAll.keySet());
    all.addAll(own.keySet());
    if (idempotency != null) {
      all.add(idempotency);
    }
    all.replaceAll(name -> name.toLowerCase(Locale.ROOT));
    if (Set.copyOf(all).size() != all.size()) {
      faults.note(operation.at("headers"), "has a header that stands elsewhere too");
    }
  }

  private Map<String, String> query(PolicyObject operation) {
    Map<String, String> query =
        operation.byName(
            "query",
            QUERY_NAME,
            "names of parameters",
            (members, name) -> members.text(name, QUERY_VALUE));
    for (String name : query.keySet()) {
      if (ForwardCommand.isCredential(name)) {
        throw faults.wrong(operation.at("query"), "has no credentials: a URL is written down");
      }
    }
    return query;
  }

  private Body body(PolicyObject operation, String method) {
    Encoding encoding = faults.part(() -> encoding(operation), Encoding.JSON);
    Body body =
        new Body(
            encoding,
            faults.part(
                () -> operation.has("envelope") ? operation.text("envelope", ENVELOPE) : null,
                null),
            faults.part(
                () -> operation.byName("fixed", MEMBER, "JSON pointers to members", this::fixed),
                Map.of()),
            faults.part(
                () -> operation.byName("slots", PolicyObject.POINTER, "JSON pointers", this::slot),
                Map.of()));
    boolean said =
        encoding == Encoding.FORM
            || body.isThere()
            || !body.slots().isEmpty()
            || !credential.members().isEmpty();
    if (said && WITHOUT_BODY.contains(method)) {
      throw faults.wrong(operation.at("method"), "has no body, and the policy says one");
    }
    requireApart(operation, body);
    return body;
  }

  static Encoding encoding(PolicyObject operation) {
    return operation.has("encoding")
            && operation.oneOf("encoding", List.of("json", "form")).equals("form")
        ? Encoding.FORM
        : Encoding.JSON;
  }

  private Object fixed(PolicyObject members, String pointer) {
    return switch (members.optional(pointer)) {
      case String _ -> members.text(pointer, FIXED_TEXT);
      case Boolean truth -> truth;
      case Long number -> number;
      case null, default ->
          throw faults.wrong(members.at(pointer), "must be a text, a boolean or a whole number");
    };
  }

  private SlotRule slot(PolicyObject slots, String pointer) {
    String said = slots.text(pointer);
    boolean optional = said.endsWith("?");
    String plain = optional ? said.substring(0, said.length() - 1) : said;
    int as = plain.indexOf(AS);
    String name = as < 0 ? plain : plain.substring(0, as);
    String form = as < 0 ? "" : plain.substring(as + AS.length());
    Slot slot =
        Slot.ofWireName(name)
            .orElseThrow(() -> faults.wrong(slots.at(pointer), "knows no slot " + name));
    if (as >= 0 && form.isEmpty()) {
      throw faults.wrong(slots.at(pointer), "names no form");
    }
    return new SlotRule(
        slot,
        slot.form(form)
            .orElseThrow(
                () ->
                    faults.wrong(
                        slots.at(pointer),
                        form.isEmpty() ? name + " needs a form" : name + " has no form " + form)),
        optional);
  }

  /** No two of them may be at one place, or one within another. */
  private void requireApart(PolicyObject operation, Body body) {
    List<String> slots = List.copyOf(body.slots().keySet());
    List<String> fixed = List.copyOf(body.fixed().keySet());
    for (int i = 0; i < fixed.size(); i++) {
      requireApart(operation.at("fixed"), fixed.get(i), fixed.subList(i + 1, fixed.size()));
      requireApart(operation.at("slots"), fixed.get(i), slots);
    }
    for (String member : credential.members()) {
      // In the object that a credential stands in, only credentials are.
      int object = member.lastIndexOf('/');
      String place = object > 0 ? member.substring(0, object) : member;
      requireApart(operation.at("fixed"), place, fixed);
      requireApart(operation.at("slots"), place, slots);
    }
  }

  private void requireApart(String where, String place, List<String> others) {
    for (String other : others) {
      if (overlap(place, other)) {
        throw faults.wrong(where, "has " + other + ", and the policy writes " + place);
      }
    }
  }

  /** Whether one is at the other or within it, in any case. */
  static boolean overlap(String one, String other) {
    int shorter = Math.min(one.length(), other.length()) + 1;
    return (one + "/").regionMatches(true, 0, other + "/", 0, shorter);
  }

  private List<Definite> definite(PolicyObject operation) {
    List<Definite> definite = new ArrayList<>();
    if (operation.has("definite")) {
      for (PolicyObject one : operation.objects("definite")) {
        definite.add(new Definite(one.text("pointer", PolicyObject.POINTER), one.texts("values")));
        one.refuseOthers();
      }
    }
    return definite;
  }
}
