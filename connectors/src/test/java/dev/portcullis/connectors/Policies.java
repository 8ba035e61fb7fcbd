package dev.portcullis.connectors;

import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.ProviderSetup;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Forward policies as an administrator gets them from the templates, and what they let out. */
final class Policies {

  /** Values of the parameters of all providers. */
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "simulator", "https://127.0.0.1:8443",
          "merchant-account", "ShopECOM",
          "live-prefix", "1797a841fbb37ca7-Shop",
          "processing-channel-id", "pc_abcdefghijklmnopqrstuvwxyz",
          "api-prefix", "vkuhvk4v",
          "webhook-id", "8PT597110X687430LKGECATA",
          "merchant-account-id", "shop_usd",
          "currency", "usd");

  private Policies() {}

  static String template(Connector connector) {
    String resource = connector.manifest().setup().policy();
    try (InputStream in = Connectors.class.getResourceAsStream(resource)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, String> parameters(Connector connector) {
    Map<String, String> given = new LinkedHashMap<>();
    for (ProviderSetup.Parameter parameter : connector.manifest().setup().parameters()) {
      given.put(parameter.name(), Objects.requireNonNull(PARAMETERS.get(parameter.name())));
    }
    return given;
  }

  static Map<String, @Nullable Object> policy(Connector connector, boolean livemode) {
    return Json.readObject(
        connector
            .manifest()
            .setup()
            .policy(template(connector), livemode, "shop", parameters(connector)));
  }

  static Map<?, ?> operations(Connector connector) {
    return (Map<?, ?>) Objects.requireNonNull(policy(connector, false).get("operations"));
  }

  static Map<?, ?> operation(Connector connector, String name) {
    return (Map<?, ?>)
        Objects.requireNonNull(operations(connector).get(name), "the policy has no " + name);
  }

  static Map<?, ?> object(Map<?, ?> of, String name) {
    return of.get(name) instanceof Map<?, ?> map ? map : Map.of();
  }

  static List<String> texts(Map<?, ?> of, String name) {
    List<String> texts = new ArrayList<>();
    if (of.get(name) instanceof List<?> list) {
      list.forEach(each -> texts.add(String.valueOf(each)));
    }
    return texts;
  }

  /** What the vault lets out of an answer: the values at those pointers and nothing else. */
  static Map<String, @Nullable Object> reduced(
      Map<String, @Nullable Object> whole, List<String> pointers) {
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    for (String pointer : pointers) {
      copy(whole, out, List.of(pointer.substring(1).split("/", -1)));
    }
    return out;
  }

  private static void copy(Map<?, ?> from, Map<String, @Nullable Object> to, List<String> names) {
    String name = names.getFirst();
    List<String> rest = names.subList(1, names.size());
    if (!from.containsKey(name)) {
      return;
    }
    Object value = from.get(name);
    if (rest.isEmpty()) {
      to.put(name, value);
    } else if (value instanceof Map<?, ?> inner) {
      copy(inner, map(to.computeIfAbsent(name, _ -> new LinkedHashMap<>())), rest);
    } else if (value instanceof List<?> list && rest.getFirst().equals("-")) {
      List<?> elements =
          (List<?>) Objects.requireNonNull(to.computeIfAbsent(name, _ -> empty(list)));
      for (int i = 0; i < list.size(); i++) {
        if (list.get(i) instanceof Map<?, ?> element) {
          copy(element, map(elements.get(i)), rest.subList(1, rest.size()));
        }
      }
    }
  }

  private static List<Object> empty(List<?> list) {
    List<Object> elements = new ArrayList<>();
    list.forEach(_ -> elements.add(new LinkedHashMap<>()));
    return elements;
  }

  @SuppressWarnings("unchecked") // made here
  private static Map<String, @Nullable Object> map(@Nullable Object value) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(value);
  }
}
