package dev.portcullis.gateway.http;

/**
 * What a route answers with, so that {@code expand} can be checked before anything is done.
 *
 * @param object the type's name on the wire, for instance {@code payment_intent}
 * @param list whether it is a list of them
 * @param search whether that list is what a search has found
 */
public record Result(String object, boolean list, boolean search) {

  /** One object. */
  public static Result one(String object) {
    return new Result(object, false, false);
  }

  /** A list of objects. */
  public static Result listOf(String object) {
    return new Result(object, true, false);
  }

  /** What a search for such objects has found; {@code total_count} is there on demand. */
  public static Result searchOf(String object) {
    return new Result(object, true, true);
  }
}
