package dev.portcullis.wire.admin;

import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One command.
 *
 * @param method the HTTP method
 * @param path the path with its variables in braces
 * @param right what it needs, or null for the few that nobody can be signed in for
 * @param shape every parameter
 * @param handler what it does
 */
public record AdminRoute(
    String method, String path, @Nullable Right right, Shape shape, Handler handler) {

  /** What a command does. It answers with a JSON object. */
  public interface Handler {
    Map<String, ? extends @Nullable Object> handle(AdminRequest request);
  }

  /** A command that reads. */
  public static AdminRoute get(String path, Right right, Shape shape, Handler handler) {
    return new AdminRoute("GET", path, right, shape, handler);
  }

  /** A command that changes. */
  public static AdminRoute post(String path, Right right, Shape shape, Handler handler) {
    return new AdminRoute("POST", path, right, shape, handler);
  }

  /** A command that takes away. */
  public static AdminRoute delete(String path, Right right, Shape shape, Handler handler) {
    return new AdminRoute("DELETE", path, right, shape, handler);
  }

  /** A command that comes before anybody is signed in; it checks for itself. */
  public static AdminRoute open(String path, Shape shape, Handler handler) {
    return new AdminRoute("POST", path, null, shape, handler);
  }

  List<String> segments() {
    return segmentsOf(path);
  }

  static List<String> segmentsOf(String path) {
    return List.of(path.substring(path.startsWith("/") ? 1 : 0).split("/", -1));
  }
}
