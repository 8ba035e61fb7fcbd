package dev.portcullis.connectors.braintree;

import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * An XML document as a tree: an element is its text, or its children by name. Nothing outside of
 * the text is read (no entities, no document type), and a document of another form is none.
 */
final class BraintreeXml {

  private static final int DEEPEST = 12;
  private static final int MOST_ELEMENTS = 5_000;

  private final XMLStreamReader reader;
  private int elements;

  private BraintreeXml(XMLStreamReader reader) {
    this.reader = reader;
  }

  /**
   * What the root element holds, or null where the text is no document of that root, is deeper than
   * 12 elements, or has more than 5,000.
   */
  static @Nullable Map<String, @Nullable Object> read(String root, String text) {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(text));
      while (reader.next() != XMLStreamReader.START_ELEMENT) {
        if (reader.getEventType() == XMLStreamReader.DTD) {
          return null;
        }
      }
      if (!reader.getLocalName().equals(root)) {
        return null;
      }
      return new BraintreeXml(reader).element(0) instanceof Map<?, ?> map ? copy(map) : null;
    } catch (XMLStreamException | RuntimeException e) {
      // The JDK's reader throws unchecked exceptions of its own for some that are not well formed.
      return null;
    }
  }

  private static Map<String, @Nullable Object> copy(Map<?, ?> map) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((name, value) -> copy.put(String.valueOf(name), value));
    return copy;
  }

  private Object element(int depth) throws XMLStreamException {
    if (depth > DEEPEST || ++elements > MOST_ELEMENTS) {
      throw new XMLStreamException("too deep, or too much");
    }
    StringBuilder text = new StringBuilder();
    Map<String, Object> children = new LinkedHashMap<>();
    while (true) {
      switch (reader.next()) {
        case XMLStreamReader.START_ELEMENT -> {
          String name = reader.getLocalName();
          // Of several of one name (a list's items) the first will do: none of them is read.
          children.putIfAbsent(name, element(depth + 1));
        }
        case XMLStreamReader.CHARACTERS, XMLStreamReader.CDATA -> text.append(reader.getText());
        case XMLStreamReader.END_ELEMENT -> {
          return children.isEmpty() ? text.toString() : children;
        }
        case XMLStreamReader.COMMENT, XMLStreamReader.SPACE -> {}
        default -> throw new XMLStreamException("not of that form");
      }
    }
  }
}
