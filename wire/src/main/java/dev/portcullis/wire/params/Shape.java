package dev.portcullis.wire.params;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The parameters that a request, or a hash within one, may have. Whatever is not declared here is
 * refused by name, never ignored.
 */
public final class Shape {

  /** No parameters. */
  public static final Shape NONE = of();

  private final Map<String, Param> params;

  private Shape(Map<String, Param> params) {
    this.params = params;
  }

  /**
   * The shape of these parameters.
   *
   * @throws IllegalArgumentException if a name comes twice
   */
  public static Shape of(Param... params) {
    Map<String, Param> byName = new LinkedHashMap<>();
    for (Param param : params) {
      if (byName.put(param.name(), param) != null) {
        throw new IllegalArgumentException(param.name() + " is declared twice");
      }
    }
    return new Shape(byName);
  }

  /** This shape and more parameters. */
  public Shape and(Param... more) {
    List<Param> all = new ArrayList<>(params.values());
    all.addAll(List.of(more));
    return of(all.toArray(Param[]::new));
  }

  /** The parameters that are accepted, in their order. */
  public Collection<Param> params() {
    return params.values().stream().filter(param -> !param.isUnsupported()).toList();
  }

  /** This shape and more parameters, which are known and refused by name. */
  public Shape refusing(String sentence, String... names) {
    return and(
        Stream.of(names).map(name -> Param.unsupported(name, sentence)).toArray(Param[]::new));
  }

  /**
   * Reads a request's parameters.
   *
   * @throws ApiException 400 that names the parameter: unknown, missing, or not what it may be
   */
  public Arguments read(ParamTree tree) {
    return read(tree, "");
  }

  Arguments read(ParamTree tree, String path) {
    Map<String, Object> values = new LinkedHashMap<>();
    tree.members()
        .forEach((name, value) -> values.put(name, readOne(name, value, join(path, name))));
    for (Param param : params.values()) {
      if (param.isRequired() && !values.containsKey(param.name())) {
        throw new ApiException(ApiErrors.missing(join(path, param.name())));
      }
    }
    return new Arguments(values);
  }

  private Object readOne(String name, ParamValue value, String path) {
    Param param = params.get(name);
    if (param == null) {
      throw new ApiException(ApiErrors.unknown(ApiErrors.shown(path)));
    }
    boolean empty = value instanceof ParamValue.Text(String text) && text.isEmpty();
    return empty && param.isUnsettable() ? Arguments.UNSET : param.read(value, path);
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "[" + name + "]";
  }
}
