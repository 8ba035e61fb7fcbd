package dev.portcullis.gateway.http;

/**
 * What a route answers with, so that {@code expand} can be checked before anything is done.
 *
 * @param object the type's name on the wire, for instance {@code payment_intent}
 * @param list whether it is a list of them
 */
public record Result(String object, boolean list) {

  /** One object. */
  public static Result one(String object) {
    return new Result(object, false);
  }

  /** A list of objects. */
  public static Result listOf(String object) {
    return new Result(object, true);
  }
}
