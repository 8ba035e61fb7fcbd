package dev.portcullis.gateway.versions;

import dev.portcullis.wire.params.ParamTree;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One change between two versions of the API, for the members that we show or the parameters that
 * we take. What a version merely adds has no gate: clients of older ones do not mind it.
 */
interface VersionGate {

  /** The date of the first version with the change. */
  LocalDate since();

  /** What the change was, in a sentence. */
  String description();

  /**
   * Makes an object what it was before the change.
   *
   * @param type the object's type on the wire
   * @param object a copy that may be changed, of the version with the change
   */
  default void before(String type, Map<String, @Nullable Object> object) {}

  /**
   * Says in the words after the change what a request of a version before it means.
   *
   * @param operation method and path of the route: {@code POST /v1/payment_intents}
   * @param sent its parameters
   */
  default ParamTree after(String operation, ParamTree sent) {
    return sent;
  }
}
