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

  /** Those of them that an object has only when they are asked for: they stand for no id. */
  default Set<String> onDemand() {
    return Set.of();
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
