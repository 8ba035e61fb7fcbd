package dev.portcullis.wire.params;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Decodes {@code application/x-www-form-urlencoded} bodies and query strings with the brackets that
 * Stripe's SDKs write: {@code a[b]=}, {@code a[0]=}, {@code a[]=}, raw or percent-encoded.
 *
 * <p>Bad escapes, text that is not UTF-8, a parameter given twice and more than the {@link Bounds}
 * allow are refused with the parameter's name.
 */
public final class FormDecoder {

  private FormDecoder() {}

  /**
   * Decodes a body.
   *
   * @throws dev.portcullis.wire.error.ApiException 400 that names the parameter
   */
  public static ParamTree decode(byte[] body) {
    Node root = new Node();
    int count = 0;
    int start = 0;
    for (int at = 0; at <= body.length; at++) {
      if (at == body.length || body[at] == '&') {
        if (at > start) {
          Bounds.checkCount(++count, "(body)");
          addPair(root, body, start, at);
        }
        start = at + 1;
      }
    }
    return new ParamTree(root.members(""));
  }

  /**
   * Decodes a query string.
   *
   * @param query the raw query without its question mark
   * @throws dev.portcullis.wire.error.ApiException 400 that names the parameter
   */
  public static ParamTree decode(String query) {
    return decode(query.getBytes(StandardCharsets.UTF_8));
  }

  private static void addPair(Node root, byte[] body, int start, int end) {
    int equals = start;
    while (equals < end && body[equals] != '=') {
      equals++;
    }
    String name = unescape(body, start, equals, "(name)");
    String value = equals < end ? unescape(body, equals + 1, end, name) : "";
    Bounds.checkText(value, name);
    root.put(segments(name), 0, name, value);
  }

  private static String unescape(byte[] body, int start, int end, String param) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(end - start);
    for (int at = start; at < end; at++) {
      byte c = body[at];
      if (c == '+') {
        out.write(' ');
      } else if (c == '%') {
        out.write(hexPair(body, at, end, param));
        at += 2;
      } else {
        out.write(c);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(out.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw Bounds.refused(
          param, "parameter_invalid_encoding", "Invalid string: it is not valid UTF-8.");
    }
  }

  private static int hexPair(byte[] body, int at, int end, String param) {
    int high = at + 2 < end ? Character.digit(body[at + 1], 16) : -1;
    int low = at + 2 < end ? Character.digit(body[at + 2], 16) : -1;
    if (high < 0 || low < 0) {
      throw Bounds.refused(
          param, "parameter_invalid_encoding", "Invalid string: it has a broken percent escape.");
    }
    return high * 16 + low;
  }

  /** {@code a[b][]} is "a", "b", "". */
  private static List<String> segments(String name) {
    List<String> segments = new ArrayList<>();
    int bracket = name.indexOf('[');
    String first = bracket < 0 ? name : name.substring(0, bracket);
    Bounds.checkName(first, name);
    segments.add(first);
    int at = first.length();
    while (at < name.length()) {
      int close = name.indexOf(']', at);
      if (name.charAt(at) != '[' || close < 0) {
        throw Bounds.refused(
            name, "parameter_invalid_name", "A parameter's name has unbalanced brackets.");
      }
      String segment = name.substring(at + 1, close);
      if (!segment.isEmpty()) {
        Bounds.checkName(segment, name);
      }
      segments.add(segment);
      Bounds.checkDepth(segments.size(), name);
      at = close + 1;
    }
    return segments;
  }

  /** What a name stands for while the pairs come in: a text or more names. */
  private static final class Node {
    private final Map<String, Node> children = new LinkedHashMap<>();
    private @org.jspecify.annotations.Nullable String text;
    private int appended;

    void put(List<String> path, int at, String param, String value) {
      if (at == path.size()) {
        if (text != null || !children.isEmpty()) {
          throw twice(param);
        }
        text = value;
        return;
      }
      if (text != null) {
        throw twice(param);
      }
      String segment = path.get(at);
      if (segment.isEmpty()) {
        // a[]=x&a[]=y appends; a[][b]= would be ambiguous and is refused.
        if (at + 1 != path.size()) {
          throw Bounds.refused(
              param,
              "parameter_invalid_name",
              "Number the elements of a list of hashes: a[0][b], a[1][b].");
        }
        segment = Integer.toString(appended++);
      }
      children.computeIfAbsent(segment, name -> new Node()).put(path, at + 1, param, value);
    }

    private static RuntimeException twice(String param) {
      return Bounds.refused(param, "parameter_duplicate", "The parameter is given more than once.");
    }

    ParamValue value(String path) {
      if (text != null) {
        return new ParamValue.Text(text);
      }
      return isList() ? new ParamValue.Items(items(path)) : new ParamValue.Members(members(path));
    }

    Map<String, ParamValue> members(String path) {
      Map<String, ParamValue> members = new LinkedHashMap<>();
      children.forEach(
          (name, child) -> members.put(name, child.value(path.isEmpty() ? name : path)));
      return members;
    }

    /** Numbers from 0 without a gap; anything else is a hash whose names happen to be digits. */
    private boolean isList() {
      return IntStream.range(0, children.size())
          .allMatch(index -> children.containsKey(Integer.toString(index)));
    }

    private List<ParamValue> items(String path) {
      return IntStream.range(0, children.size())
          .mapToObj(index -> childAt(index).value(path))
          .toList();
    }

    private Node childAt(int index) {
      return Objects.requireNonNull(children.get(Integer.toString(index)));
    }
  }
}
