package dev.portcullis.wire.admin;

import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.people.Session;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One command, checked.
 *
 * @param id the request's own id
 * @param address from where
 * @param token what the person showed, or null on an open route
 * @param place what a person showed who signs in where they did before, or null
 * @param signedIn who asks, or null on an open route
 * @param variables the path's variables
 * @param arguments the parameters
 */
public record AdminRequest(
    String id,
    String address,
    @Nullable String token,
    @Nullable String place,
    @Nullable Session signedIn,
    Map<String, String> variables,
    Arguments arguments) {

  /** Who asks; there is somebody on every route that needs a right. */
  public Session session() {
    if (signedIn == null) {
      throw new IllegalStateException("an open route has nobody signed in");
    }
    return signedIn;
  }

  /** A variable of the path. */
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalStateException("the path has no {" + name + "}");
    }
    return value;
  }
}
