package dev.portcullis.wire.admin;

import dev.portcullis.kit.Secret;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.People;
import dev.portcullis.wire.people.Person;
import dev.portcullis.wire.people.Right;
import dev.portcullis.wire.people.Role;
import dev.portcullis.wire.people.SignIn;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Signing in and out, enrolling, and who the people are. */
public final class PeopleRoutes {

  private static final Param NAME =
      Param.string("name", People.NAME, "2 to 40 lower-case letters, digits, dots, dashes");
  private static final Param PASSWORD = Param.string("password").max(256);
  private static final Param TOTP = Param.string("totp", Pattern.compile("[0-9]{6}"), "six digits");
  private static final Param CODE = Param.string("enrollment_code").max(100);
  private static final Param ROLE = Param.choice("role", Role.wireNames());

  private final People people;

  /** The routes over that register. */
  public PeopleRoutes(People people) {
    this.people = people;
  }

  /** All of them. */
  public List<AdminRoute> routes() {
    String v1 = "/admin/v1/";
    return List.of(
        AdminRoute.open(
            v1 + "sign_in",
            Shape.of(NAME.required(), PASSWORD.required(), TOTP.required()),
            this::signIn),
        AdminRoute.open(
            v1 + "enrollments",
            Shape.of(CODE.required(), NAME.required(), PASSWORD.required()),
            this::begin),
        AdminRoute.open(
            v1 + "enrollments/confirm",
            Shape.of(CODE.required(), NAME.required(), TOTP.required()),
            this::confirm),
        AdminRoute.post(v1 + "sign_out", Right.SIGNED_IN, Shape.NONE, this::signOut),
        AdminRoute.get(v1 + "session", Right.SIGNED_IN, Shape.NONE, this::session),
        AdminRoute.get(v1 + "people", Right.READ_PEOPLE, Shape.NONE, this::list),
        AdminRoute.post(
            v1 + "people",
            Right.MANAGE_PEOPLE,
            Shape.of(NAME.required(), ROLE.required()),
            this::add),
        AdminRoute.post(v1 + "people/{name}/reset", Right.MANAGE_PEOPLE, Shape.NONE, this::reset),
        AdminRoute.delete(v1 + "people/{name}", Right.MANAGE_PEOPLE, Shape.NONE, this::remove));
  }

  private Map<String, ? extends @Nullable Object> signIn(AdminRequest request) {
    Arguments sent = request.arguments();
    SignIn.SignedIn signedIn =
        people
            .signIn()
            .signIn(
                sent.requiredString("name"),
                Secret.of(sent.requiredString("password")),
                sent.requiredString("totp"),
                request.place(),
                request.address());
    Map<String, @Nullable Object> tree = session(signedIn.session());
    tree.put("place", signedIn.place());
    tree.put("token", signedIn.token());
    return tree;
  }

  private Map<String, ? extends @Nullable Object> signOut(AdminRequest request) {
    String token = request.token();
    if (token != null) {
      people.signIn().signOut(token, request.session(), request.address());
    }
    return Map.of("object", "session", "ended", true);
  }

  private Map<String, ? extends @Nullable Object> session(AdminRequest request) {
    return session(request.session());
  }

  private static Map<String, @Nullable Object> session(dev.portcullis.wire.people.Session session) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "session");
    tree.put("person", session.person());
    tree.put("role", session.role().wireName());
    tree.put("expires_at", session.expires().getEpochSecond());
    return tree;
  }

  private Map<String, ? extends @Nullable Object> begin(AdminRequest request) {
    Arguments sent = request.arguments();
    People.Authenticator authenticator =
        people.begin(
            sent.requiredString("enrollment_code"),
            sent.requiredString("name"),
            Secret.of(sent.requiredString("password")),
            request.address());
    return Map.of(
        "object", "enrollment",
        "totp_secret", authenticator.secret(),
        "totp_url", authenticator.url());
  }

  private Map<String, ? extends @Nullable Object> confirm(AdminRequest request) {
    Arguments sent = request.arguments();
    people.confirm(
        sent.requiredString("enrollment_code"),
        sent.requiredString("name"),
        sent.requiredString("totp"),
        request.address());
    return Map.of("object", "enrollment", "person", sent.requiredString("name"), "active", true);
  }

  private Map<String, ? extends @Nullable Object> list(AdminRequest request) {
    return Map.of(
        "object", "list", "data", people.list().stream().map(PeopleRoutes::body).toList());
  }

  private static Map<String, @Nullable Object> body(Person person) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "person");
    tree.put("name", person.name());
    tree.put("role", person.role().wireName());
    tree.put("status", person.status().name().toLowerCase(java.util.Locale.ROOT));
    tree.put("created", person.created().getEpochSecond());
    tree.put("created_by", person.createdBy());
    Instant last = person.lastSignIn();
    tree.put("last_sign_in", last == null ? null : last.getEpochSecond());
    return tree;
  }

  private Map<String, ? extends @Nullable Object> add(AdminRequest request) {
    String name = request.arguments().requiredString("name");
    Role role = Role.ofWireName(request.arguments().requiredString("role"));
    return invitation(name, people.add(name, role, request.session(), request.address()));
  }

  private Map<String, ? extends @Nullable Object> reset(AdminRequest request) {
    String name = request.variable("name");
    return invitation(name, people.reset(name, request.session(), request.address()));
  }

  private static Map<String, ? extends @Nullable Object> invitation(String name, String code) {
    return Map.of(
        "object",
        "invitation",
        "name",
        name,
        "enrollment_code",
        code,
        "valid_hours",
        People.CODE_LIFE.toHours());
  }

  private Map<String, ? extends @Nullable Object> remove(AdminRequest request) {
    String name = request.variable("name");
    people.remove(name, request.session(), request.address());
    return Map.of("object", "person", "name", name, "removed", true);
  }
}
