package dev.portcullis.gateway.http;

import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Postal addresses and shipping as the wire sends and shows them. */
public final class Addresses {

  private static final List<String> LINES =
      List.of("city", "country", "line1", "line2", "postal_code", "state");

  /** What a client may send as an address. */
  public static final Shape SHAPE =
      Shape.of(
          Param.string("city").unsettable(),
          Param.country("country").unsettable(),
          Param.lines("line1").unsettable(),
          Param.lines("line2").unsettable(),
          Param.string("postal_code").unsettable(),
          Param.string("state").unsettable());

  /** What a client may send as shipping. */
  public static final Shape SHIPPING =
      Shape.of(
          Param.hash("address", SHAPE).required(),
          Param.string("name").required(),
          Param.string("phone").unsettable(),
          Param.string("carrier").unsettable(),
          Param.string("tracking_number").unsettable());

  private Addresses() {}

  /** The address sent, every line there, if only as null. */
  public static Map<String, @Nullable Object> read(Arguments sent) {
    Map<String, @Nullable Object> address = new LinkedHashMap<>();
    LINES.forEach(line -> address.put(line, sent.string(line).orElse(null)));
    return address;
  }

  /** The complete form of an address of which some lines, or nothing, is known. */
  public static Map<String, @Nullable Object> complete(@Nullable Object known) {
    Map<?, ?> from = known instanceof Map<?, ?> map ? map : Map.of();
    Map<String, @Nullable Object> address = new LinkedHashMap<>();
    LINES.forEach(line -> address.put(line, from.get(line)));
    return address;
  }

  /** The shipping sent. */
  public static Map<String, @Nullable Object> readShipping(Arguments sent) {
    Map<String, @Nullable Object> shipping = new LinkedHashMap<>();
    shipping.put("address", sent.hash("address").map(Addresses::read).orElse(null));
    for (String name : List.of("carrier", "name", "phone", "tracking_number")) {
      shipping.put(name, sent.string(name).orElse(null));
    }
    return shipping;
  }
}
