package dev.portcullis.vault.forward;

import dev.portcullis.kit.Secret;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.forward.Policy.Encoding;
import dev.portcullis.vault.forward.Registration.Call;
import dev.portcullis.vault.forward.Registration.SecretOf;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells a provider by its own API where its notifications go, and asks whether it still knows. A
 * secret that comes of it leaves the vault on no way.
 */
final class Registrar {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Pattern ID = Pattern.compile("[0-9A-Za-z_-]{1,128}");
  private static final int LONGEST_SECRET = 512;
  private static final int SECRET_BYTES = 32;

  /** Of a list: more than any provider lets an account have. */
  private static final int MOST_PAGES = 20;

  /** Entries that are asked for one by one. */
  private static final int MOST_READ = 100;

  /** The whole of an answer, so that a list by itself has a place too. */
  private static final String ANSWER = "answer";

  private final Provider provider;
  private final Registration how;
  private final SecureRandom random;

  /**
   * @param provider one whose policy says how
   */
  Registrar(Provider provider, SecureRandom random) {
    this.provider = provider;
    this.how = Objects.requireNonNull(provider.policy().registration());
    this.random = random;
  }

  /**
   * A place that the provider sends to.
   *
   * @param id what the provider calls it
   * @param active whether it does send
   */
  record Place(String id, boolean active) {}

  /** What came of a call. */
  sealed interface Outcome<T> {

    /** It was done. */
    record Done<T>(T value) implements Outcome<T> {}

    /**
     * It was not, or nobody can say.
     *
     * @param reason a short stable name
     * @param status the HTTP status, or 0 without an answer
     * @param mayBeDone whether the provider may have done it all the same
     */
    record Failed<T>(String reason, int status, boolean mayBeDone) implements Outcome<T> {
      <U> Failed<U> of() {
        return new Failed<>(reason, status, mayBeDone);
      }

      /** Nothing was sent. */
      static <T> Failed<T> before(String reason) {
        return new Failed<>(reason, 0, false);
      }

      /** Nobody can say what was done. */
      static <T> Failed<T> unknown(String reason, int status) {
        return new Failed<>(reason, status, true);
      }

      /** Something was done before this. */
      <U> Failed<U> halfWay() {
        return new Failed<>(reason, status, true);
      }
    }
  }

  /**
   * A place that the provider has taken.
   *
   * @param secret what its notifications are signed with, or null where that is none of the vault's
   */
  record Registered(String id, @Nullable Secret secret) {}

  /**
   * The places that the provider sends to at that URL. A list that is longer than what is read is
   * no answer: what is not seen would be taken for not there.
   */
  Outcome<List<Place>> places(String url) {
    return switch (entries()) {
      case Outcome.Failed<List<Object>> failed -> failed.of();
      case Outcome.Done<List<Object>>(List<Object> entries) -> places(entries, url);
    };
  }

  private Outcome<List<Object>> entries() {
    List<Object> entries = new ArrayList<>();
    Call page = how.list();
    for (int number = 1; number <= MOST_PAGES; number++) {
      switch (send(page, "", Map.of())) {
        case Outcome.Failed<Object> failed -> {
          return failed.of();
        }
        case Outcome.Done<Object>(Object answer) -> {
          entries.addAll(found(answer, how.entries().each()));
          if (!goesOn(answer)) {
            return new Outcome.Done<>(entries);
          }
        }
      }
      String next = next(number + 1, entries);
      if (next == null) {
        return Outcome.Failed.before("answer_not_understood");
      }
      page = how.list().with(Objects.requireNonNull(how.pages()).parameter(), next);
    }
    return Outcome.Failed.before("list_too_long");
  }

  private boolean goesOn(Object answer) {
    Registration.Pages pages = how.pages();
    return pages != null
        && found(answer, pages.more()).stream()
            .anyMatch(more -> !more.equals(false) && !more.equals(""));
  }

  /** What the next page is asked for by, or null if the provider has not said. */
  private @Nullable String next(int number, List<Object> entries) {
    if (Objects.requireNonNull(how.pages()).byNumber()) {
      return Integer.toString(number);
    }
    String last = entries.isEmpty() ? null : text(entries.getLast(), how.entries().id());
    return last == null || !ID.matcher(last).matches() ? null : last;
  }

  private Outcome<List<Place>> places(List<Object> entries, String url) {
    List<Place> places = new ArrayList<>();
    int read = 0;
    for (Object entry : entries) {
      String id = text(entry, how.entries().id());
      if (id == null || !ID.matcher(id).matches()) {
        continue;
      }
      if (how.read() != null && ++read > MOST_READ) {
        return Outcome.Failed.before("list_too_long");
      }
      switch (whole(entry, id)) {
        case Outcome.Failed<Object> failed -> {
          return failed.of();
        }
        case Outcome.Done<Object>(Object whole) -> {
          if (inside(whole, how.entries().url()).contains(url)) {
            places.add(new Place(id, isActive(entry)));
          }
        }
      }
    }
    return new Outcome.Done<>(places);
  }

  private Outcome<Object> whole(Object entry, String id) {
    return how.read() == null ? new Outcome.Done<>(entry) : send(how.read(), id, Map.of());
  }

  private boolean isActive(Object entry) {
    Registration.Entries entries = how.entries();
    return entries.active() == null
        || inside(entry, entries.active()).stream()
            .anyMatch(said -> entries.activeValues().contains(said.toString()));
  }

  /** Has the provider send to that URL. */
  Outcome<Registered> register(String url) {
    Secret ours = how.secret() instanceof SecretOf.Vault ? made() : null;
    Map<String, Object> values = new HashMap<>();
    values.put(Registration.URL, url);
    if (ours != null) {
      values.put(Registration.SECRET, ours);
    }
    return switch (send(how.register(), "", values)) {
      case Outcome.Failed<Object> failed -> failed.of();
      case Outcome.Done<Object>(Object answer) -> {
        String id = first(found(answer, how.id()));
        yield id == null || !ID.matcher(id).matches()
            ? Outcome.Failed.unknown("answer_not_understood", 0)
            : registered(id, answer, ours);
      }
    };
  }

  private Outcome<Registered> registered(String id, Object answer, @Nullable Secret ours) {
    if (!(how.secret() instanceof SecretOf.Provider(String pointer))) {
      return new Outcome.Done<>(new Registered(id, ours));
    }
    Outcome<Object> signed =
        how.sign() == null ? new Outcome.Done<>(answer) : send(how.sign(), id, Map.of());
    return switch (signed) {
      case Outcome.Failed<Object> failed -> failed.halfWay();
      case Outcome.Done<Object>(Object told) -> {
        String secret = first(found(told, pointer));
        yield secret == null || secret.isBlank() || secret.length() > LONGEST_SECRET
            ? Outcome.Failed.unknown("no_secret_in_answer", 0)
            : new Outcome.Done<>(new Registered(id, Secret.of(secret)));
      }
    };
  }

  private Secret made() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return Secret.of(HexFormat.of().formatHex(bytes));
  }

  /** Has the provider send there no more. */
  Outcome<String> remove(String id) {
    return switch (send(how.remove(), id, Map.of())) {
      case Outcome.Failed<Object> failed -> failed.of();
      case Outcome.Done<Object> _ -> new Outcome.Done<>(id);
    };
  }

  private Outcome<Object> send(Call call, String id, Map<String, Object> values) {
    Policy policy = provider.policy();
    URI origin = how.origin() == null ? policy.origin() : how.origin();
    URI uri =
        OutgoingRequest.uri(
            origin, call.request(), call.request().hasPlaces() ? Map.of("id", id) : Map.of());
    Owner owner = new Owner(provider.credentials().binding().account(), policy.livemode());
    return switch (authorize(owner, uri)) {
      case Authorization.Missing(String reason) -> Outcome.Failed.before(reason);
      case Authorization.Granted granted ->
          read(provider.client().send(request(call, uri, values, granted), PATIENCE));
    };
  }

  private Authorization authorize(Owner owner, URI target) {
    return how.credential() == null && how.origin() == null
        ? provider.authorize(owner, target, PATIENCE)
        : provider
            .credentials()
            .forRegistration(provider.policy().credential().secrets(), how)
            .authorize(owner, target);
  }

  private EgressRequest request(
      Call call, URI uri, Map<String, Object> values, Authorization.Granted granted) {
    Map<String, String> headers = new HashMap<>(call.request().headers());
    headers.put("Accept", "application/json");
    headers.putAll(granted.insecureHeaders());
    ClearableBuffer out = new ClearableBuffer();
    if (call.body() != null) {
      Map<String, @Nullable Object> body = members(call.body(), values);
      headers.put("Content-Type", call.encoding().mediaType());
      switch (call.encoding()) {
        case Encoding.JSON -> JsonBody.write(body, Map.of(), out);
        case Encoding.FORM -> FormBody.write(body, Map.of(), out);
      }
    }
    byte[] bytes = out.toByteArray();
    out.clear();
    return new EgressRequest(call.request().method(), uri, headers, bytes);
  }

  private Map<String, @Nullable Object> members(Map<?, ?> object, Map<String, Object> values) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    object.forEach((name, member) -> members.put((String) name, filled(member, values)));
    return members;
  }

  private @Nullable Object filled(@Nullable Object value, Map<String, Object> values) {
    return switch (value) {
      case Map<?, ?> object -> members(object, values);
      case List<?> list -> {
        List<@Nullable Object> elements = new ArrayList<>();
        list.forEach(element -> elements.add(filled(element, values)));
        yield elements;
      }
      case String text when values.get(text) instanceof Secret secret ->
          provider.credentials().revealed(secret);
      case String text -> values.getOrDefault(text, text);
      case null, default -> value;
    };
  }

  /** Only what says that it was done counts as done. */
  private static Outcome<Object> read(EgressResult result) {
    return switch (result) {
      case EgressResult.Answered answered -> {
        int status = answered.status();
        if (status == 401 || status == 403) {
          yield new Outcome.Failed<>("refused", status, false);
        }
        if (status < 200 || status >= 300) {
          yield new Outcome.Failed<>("provider_error", status, status < 400 || status >= 500);
        }
        yield parsed(answered.body())
            .<Outcome<Object>>map(Outcome.Done::new)
            .orElseGet(() -> Outcome.Failed.unknown("answer_not_understood", status));
      }
      case EgressResult.NotSent(String reason) -> Outcome.Failed.before(reason);
      case EgressResult.NoAnswer(String reason) -> Outcome.Failed.unknown(reason, 0);
    };
  }

  /** The answer to a removal may be empty. */
  private static Optional<Object> parsed(byte[] body) {
    if (body.length == 0) {
      return Optional.of(Map.of());
    }
    try {
      return Optional.ofNullable(Json.read(body));
    } catch (MalformedJsonException _) {
      return Optional.empty();
    }
  }

  private static List<Object> found(Object answer, String pointer) {
    return JsonPointers.find(Map.of(ANSWER, answer), "/" + ANSWER + pointer);
  }

  private static List<Object> inside(Object entry, String pointer) {
    return entry instanceof Map<?, ?> object ? found(object, pointer) : List.of();
  }

  private static @Nullable String text(Object entry, String pointer) {
    return first(inside(entry, pointer));
  }

  private static @Nullable String first(List<Object> found) {
    return switch (found.isEmpty() ? null : found.getFirst()) {
      case String text -> text;
      case Long number -> number.toString();
      case null, default -> null;
    };
  }
}
