package dev.portcullis.simulator;

import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/**
 * An element of XML as a tree, with local names alone: for the providers whose official clients
 * speak it.
 *
 * @param name of the element, without its prefix
 * @param attributes by their names; a namespace is one named {@code xmlns}
 * @param children the elements within
 * @param text what is written in it, without space at its ends; empty beside children
 */
public record Xml(String name, Map<String, String> attributes, List<Xml> children, String text) {

  private static final int DEEPEST = 32;

  /** An element that holds others. */
  public static Xml of(String name, List<Xml> children) {
    return new Xml(name, Map.of(), List.copyOf(children), "");
  }

  /** An element that holds a text. */
  public static Xml of(String name, String text) {
    return new Xml(name, Map.of(), List.of(), text);
  }

  /** The same with that attribute. */
  public Xml with(String attribute, String value) {
    Map<String, String> more = new TreeMap<>(attributes);
    more.put(attribute, value);
    return new Xml(name, more, children, text);
  }

  /** The document's root, or empty if it is not XML. */
  public static Optional<Xml> read(byte[] document) {
    // Neither document types nor entities: a request reads no file and grows no text.
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    try {
      XMLStreamReader in = factory.createXMLStreamReader(new ByteArrayInputStream(document));
      return Optional.ofNullable(read(in));
    } catch (XMLStreamException notXml) {
      return Optional.empty();
    }
  }

  private record Open(String name, Map<String, String> attributes, List<Xml> children) {
    Xml closed(String text) {
      return new Xml(
          name, attributes, List.copyOf(children), children.isEmpty() ? text.strip() : "");
    }
  }

  private static @Nullable Xml read(XMLStreamReader in) throws XMLStreamException {
    Deque<Open> open = new ArrayDeque<>();
    StringBuilder text = new StringBuilder();
    Xml root = null;
    while (in.hasNext()) {
      switch (in.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (open.size() == DEEPEST) {
            return null;
          }
          open.push(new Open(in.getLocalName(), attributes(in), new ArrayList<>()));
          text.setLength(0);
        }
        case XMLStreamConstants.CHARACTERS -> text.append(in.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          Xml closed = open.pop().closed(text.toString());
          text.setLength(0);
          if (open.isEmpty()) {
            root = closed;
          } else {
            open.peek().children.add(closed);
          }
        }
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE -> {
          return null;
        }
        default -> {
          // Comments and the like say nothing.
        }
      }
    }
    return root;
  }

  private static Map<String, String> attributes(XMLStreamReader in) {
    Map<String, String> attributes = new TreeMap<>();
    for (int i = 0; i < in.getAttributeCount(); i++) {
      attributes.put(in.getAttributeLocalName(i), in.getAttributeValue(i));
    }
    return attributes;
  }

  /**
   * What is in it as members: a text, an object, or a list where an element comes more than once.
   *
   * @param naming what a member is called by its element's name
   */
  public Map<String, @Nullable Object> members(UnaryOperator<String> naming) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (Xml child : children) {
      Object value = child.children.isEmpty() ? child.text : child.members(naming);
      members.merge(
          naming.apply(child.name),
          value,
          (before, next) -> {
            List<Object> list = new ArrayList<>();
            if (before instanceof List<?> several) {
              list.addAll(several);
            } else {
              list.add(before);
            }
            list.add(next);
            return list;
          });
    }
    return members;
  }

  /** The document, in UTF-8. */
  public byte[] document() {
    StringWriter out = new StringWriter();
    try {
      XMLStreamWriter writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
      writer.writeStartDocument("UTF-8", "1.0");
      write(writer);
      writer.writeEndDocument();
      writer.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a text takes everything", e);
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void write(XMLStreamWriter writer) throws XMLStreamException {
    writer.writeStartElement(name);
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      writer.writeAttribute(attribute.getKey(), attribute.getValue());
    }
    if (children.isEmpty()) {
      writer.writeCharacters(text);
    }
    for (Xml child : children) {
      child.write(writer);
    }
    writer.writeEndElement();
  }

  /** Without its texts, which may be a card's. */
  @Override
  public String toString() {
    return "<" + name + ">";
  }
}
