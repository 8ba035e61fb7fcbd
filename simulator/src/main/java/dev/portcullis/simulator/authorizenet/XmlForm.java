package dev.portcullis.simulator.authorizenet;

import dev.portcullis.simulator.Xml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer's XML: the same members, but for lists, whose elements have names there. */
final class XmlForm {
  private static final String NAMESPACE = "AnetApi/xml/v1/schema/AnetApiSchema.xsd";

  private XmlForm() {}

  static Xml of(String root, Map<String, ? extends @Nullable Object> body) {
    return Xml.of(root, children(body)).with("xmlns", NAMESPACE);
  }

  private static List<Xml> children(Map<?, ?> object) {
    List<Xml> children = new ArrayList<>();
    object.forEach((name, value) -> add(children, String.valueOf(name), value));
    return children;
  }

  private static void add(List<Xml> to, String name, @Nullable Object value) {
    switch (value) {
      case null -> {
        // What is not there has no element.
      }
      case Map<?, ?> object -> to.add(Xml.of(name, children(object)));
      case List<?> list when isBare(name) -> list.forEach(each -> add(to, name, each));
      case List<?> list -> {
        List<Xml> elements = new ArrayList<>();
        list.forEach(each -> add(elements, name.substring(0, name.length() - 1), each));
        to.add(Xml.of(name, elements));
      }
      default -> to.add(Xml.of(name, value.toString()));
    }
  }

  /** Elements that stand side by side, and not in one of the list's. */
  private static boolean isBare(String name) {
    return name.equals("message");
  }
}
