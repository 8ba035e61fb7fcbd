package dev.portcullis.gateway.http;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Page;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Puts objects in place of their ids ({@code expand}). Paths are checked against the types before
 * the request does anything; the objects of one path are read with one query a level.
 */
@Component
public final class Expansion {

  private static final int MAX_DEPTH = 4;
  private static final int MAX_PATHS = 20;
  private static final int FIRST = 10;
  private static final String DATA = "data";

  private final Map<String, Resource> resources;
  private final ObjectReader reader;

  Expansion(List<Resource> resources, ObjectReader reader) {
    this.resources =
        resources.stream().collect(Collectors.toUnmodifiableMap(Resource::object, r -> r));
    this.reader = reader;
  }

  /** The resource of that type, if objects of it are kept. */
  public @Nullable Resource resource(String object) {
    return resources.get(object);
  }

  /**
   * Checks the paths.
   *
   * @throws ApiException 400 for one that is too deep or that the type has not; 403 for one to
   *     objects that a restricted key may not read
   */
  void check(Principal principal, List<String> paths, Result result) {
    if (paths.size() > MAX_PATHS) {
      throw refused("You cannot expand more than " + MAX_PATHS + " properties.");
    }
    for (String path : paths) {
      if (result.search() && path.equals("total_count")) {
        continue;
      }
      String[] segments = path.split("\\.", -1);
      int start = 0;
      if (result.list()) {
        if (!"data".equals(segments[0]) || segments.length == 1) {
          throw cannot(path);
        }
        start = 1;
      }
      if (segments.length - start > MAX_DEPTH) {
        throw refused(
            "You cannot expand more than " + MAX_DEPTH + " levels of a property: " + path);
      }
      checkPath(principal, path, segments, start, result.object());
    }
  }

  private void checkPath(
      Principal principal, String path, String[] segments, int start, String object) {
    String types = object;
    boolean list = false;
    for (int at = start; at < segments.length; at++) {
      if (list && segments[at].equals(DATA)) {
        list = false;
        continue;
      }
      boolean outside = list;
      list = isList(types, segments[at]);
      types = behind(types, segments[at]);
      if (types.isEmpty() || outside) {
        throw cannot(path);
      }
      for (Resource resource : named(types)) {
        Access.require(principal, resource.resource().read());
      }
    }
  }

  /** The types behind that member of any of the types, parted by bars; empty if there are none. */
  private String behind(String types, String member) {
    Set<String> behind = new TreeSet<>();
    for (Resource resource : named(types)) {
      String found = resource.expandable().get(member);
      if (found != null) {
        behind.addAll(List.of(found.split("\\|", -1)));
      }
    }
    return String.join("|", behind);
  }

  /** Whether that member of any of the types is a list on demand. */
  private boolean isList(String types, String member) {
    return named(types).stream().anyMatch(resource -> resource.onDemand().contains(member));
  }

  private List<Resource> named(String types) {
    List<Resource> named = new ArrayList<>();
    for (String type : types.split("\\|", -1)) {
      Resource resource = resources.get(type);
      if (resource != null) {
        named.add(resource);
      }
    }
    return named;
  }

  private static ApiException cannot(String path) {
    return refused(
        "This property cannot be expanded (" + ApiErrors.shown(path) + "). See the documentation.");
  }

  private static ApiException refused(String message) {
    return new ApiException(ApiErrors.invalid("expand", "parameter_invalid_expand", message));
  }

  /** Expands the paths, which have been checked, within the body. */
  void apply(
      Principal principal, List<String> paths, Result result, Map<String, @Nullable Object> body) {
    for (String path : new LinkedHashSet<>(paths)) {
      String[] segments = path.split("\\.", -1);
      List<Map<String, @Nullable Object>> roots = new ArrayList<>();
      if (result.list()) {
        collect(body.get("data"), roots);
      } else {
        roots.add(body);
      }
      String type = result.object();
      boolean list = false;
      for (int at = result.list() ? 1 : 0; at < segments.length && !roots.isEmpty(); at++) {
        if (list) {
          roots = dataOf(roots);
          list = false;
        } else {
          include(principal, roots, type, segments[at]);
          list = isList(type, segments[at]);
          type = behind(type, segments[at]);
          roots = expand(principal, roots, segments[at], type);
        }
      }
    }
  }

  private static List<Map<String, @Nullable Object>> dataOf(
      List<Map<String, @Nullable Object>> lists) {
    List<Map<String, @Nullable Object>> data = new ArrayList<>();
    lists.forEach(list -> collect(list.get(DATA), data));
    return data;
  }

  /** Gives the objects a member that they have on demand, if it is one. */
  private void include(
      Principal principal,
      List<Map<String, @Nullable Object>> holders,
      String types,
      String member) {
    for (Resource resource : named(types)) {
      if (!resource.onDemand().contains(member)) {
        continue;
      }
      Map<String, Map<String, @Nullable Object>> byId = new HashMap<>();
      for (Map<String, @Nullable Object> holder : holders) {
        // What an earlier path has put there stays, with all that it has expanded in it.
        if (resource.object().equals(holder.get("object"))
            && !holder.containsKey(member)
            && holder.get("id") instanceof String id) {
          byId.put(id, holder);
        }
      }
      Resource.Sublist sublist = resource.sublist(member);
      if (sublist != null) {
        include(principal, sublist, byId, member);
        continue;
      }
      for (Stored stored : reader.findAll(resource.table(), principal, byId.keySet())) {
        Map<String, @Nullable Object> holder = byId.get(stored.id());
        if (holder != null) {
          holder.put(member, resource.included(stored, member));
        }
      }
    }
  }

  /** Gives each its list's newest objects. */
  private void include(
      Principal principal,
      Resource.Sublist sublist,
      Map<String, Map<String, @Nullable Object>> byId,
      String member) {
    Resource resource = Objects.requireNonNull(resources.get(sublist.object()));
    Map<String, Page> pages =
        reader.newest(sublist.table(), principal, sublist.column(), byId.keySet(), FIRST);
    byId.forEach(
        (id, holder) ->
            holder.put(
                member,
                pages
                    .getOrDefault(id, Page.EMPTY)
                    .render(sublist.path().formatted(id), resource::render)));
  }

  private List<Map<String, @Nullable Object>> expand(
      Principal principal,
      List<Map<String, @Nullable Object>> holders,
      String member,
      String types) {
    Set<String> ids = new HashSet<>();
    for (Map<String, @Nullable Object> holder : holders) {
      if (holder.get(member) instanceof String id) {
        ids.add(id);
      }
    }
    Map<String, Map<String, @Nullable Object>> found = new HashMap<>();
    for (Resource resource : named(types)) {
      if (ids.size() > found.size()) {
        Function<Stored, Map<String, @Nullable Object>> render = resource::render;
        reader
            .findAll(resource.table(), principal, ids)
            .forEach(stored -> found.put(stored.id(), render.apply(stored)));
      }
    }
    List<Map<String, @Nullable Object>> expanded = new ArrayList<>();
    for (Map<String, @Nullable Object> holder : holders) {
      Object value = holder.get(member);
      if (value instanceof String id && found.containsKey(id)) {
        Map<String, @Nullable Object> object = found.get(id);
        holder.put(member, object);
        expanded.add(object);
      } else {
        collect(value, expanded);
      }
    }
    return expanded;
  }

  @SuppressWarnings("unchecked") // bodies are trees of string-keyed maps
  private static void collect(@Nullable Object value, List<Map<String, @Nullable Object>> into) {
    if (value instanceof Map<?, ?> object) {
      into.add((Map<String, @Nullable Object>) object);
    } else if (value instanceof List<?> list) {
      list.forEach(item -> collect(item, into));
    }
  }
}
