package dev.portcullis.gateway.http;

import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.key.ApiResource;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A type of object that can stand in place of its id ({@code expand}), and in an event. Each is a
 * bean.
 */
public interface Resource {

  /** The type's name on the wire, for instance {@code customer}. */
  String object();

  /** What a restricted key must be allowed to read for it. */
  ApiResource resource();

  /** Where its objects are stored. */
  Table table();

  /**
   * Its own members that can be expanded, with the type behind each: {@code customer -> customer}.
   * A member that may hold ids of several types names them all, parted by a bar. A type that no
   * resource serves is allowed and stays an id.
   */
  Map<String, String> expandable();

  /**
   * Those of them that an object has only when they are asked for: lists, which stand for no id.
   */
  default Set<String> onDemand() {
    return Set.of();
  }

  /**
   * Those lists whose objects are stored by themselves.
   *
   * @param object the type of the objects
   * @param table where they are stored
   * @param column the column with the id of the object that has the list
   * @param path where the whole list is served, with {@code %s} for the id of the object that has
   *     it
   */
  record Sublist(String object, Table table, String column, String path) {}

  /** Where a list on demand is found, or null if the object itself holds it. */
  default @Nullable Sublist sublist(String member) {
    return null;
  }

  /**
   * A member that an object has on demand.
   *
   * @param member one of {@link #onDemand()}
   */
  default @Nullable Object included(Stored stored, String member) {
    throw new IllegalArgumentException(object() + " has no " + member + " on demand");
  }

  /** The wire's form of a stored object, also of one as it was when an event happened. */
  Map<String, @Nullable Object> render(Stored stored);
}
