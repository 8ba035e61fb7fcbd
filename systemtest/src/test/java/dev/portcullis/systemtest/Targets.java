package dev.portcullis.systemtest;

import com.google.gson.JsonArray;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Objects that are there, to put their ids into the paths of operations. An account has few webhook
 * endpoints: those that the requests made are deleted in the end.
 */
final class Targets implements AutoCloseable {

  private static final String NOBODY = "x_0000000000000000000000";

  private final Portcullis portcullis;
  private final Map<String, String> known = new HashMap<>();

  private final Set<String> endpointsBefore;

  private Targets(Portcullis portcullis) throws IOException, InterruptedException {
    this.portcullis = portcullis;
    this.endpointsBefore = Set.copyOf(endpoints());
  }

  private List<String> endpoints() throws IOException, InterruptedException {
    return Http.get(portcullis.api() + "/v1/webhook_endpoints?limit=100", portcullis.secretKey())
        .json()
        .getAsJsonArray("data")
        .asList()
        .stream()
        .map(endpoint -> endpoint.getAsJsonObject().get("id").getAsString())
        .toList();
  }

  @Override
  public void close() {
    try {
      for (String id : endpoints()) {
        if (!endpointsBefore.contains(id)) {
          Http.send(
              Http.authorized(
                      portcullis.api() + "/v1/webhook_endpoints/" + id, portcullis.secretKey())
                  .DELETE());
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One object of each type that can be made in a moment. */
  static Targets of(Portcullis portcullis) throws IOException, InterruptedException {
    Targets targets = new Targets(portcullis);
    targets.make("customers", "name=Ada");
    targets.make(
        "payment_intents",
        "amount=1999",
        "currency=usd",
        "confirm=true",
        "payment_method=pm_card_visa");
    targets.make("refunds", "payment_intent=" + targets.newest("payment_intents"), "amount=1");
    targets.make("payment_intents", "amount=1999", "currency=usd");
    targets.make(
        "setup_intents",
        "payment_method=pm_card_visa",
        "confirm=true",
        "mandate_data[customer_acceptance][type]=offline");
    targets.know("mandates", "setup_intents", "mandate");
    targets.make("setup_intents", "payment_method=pm_card_visa");
    targets.make("webhook_endpoints", "url=https://example.com/hook", "enabled_events[0]=*");
    targets.make(
        "checkout/sessions", "mode=setup", "currency=usd", "success_url=https://example.com/");
    return targets;
  }

  private void make(String collection, String... pairs) throws IOException, InterruptedException {
    Map<String, String> form = new LinkedHashMap<>();
    for (String pair : pairs) {
      form.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }
    Http.Answer answer =
        Http.post(portcullis.api() + "/v1/" + collection, portcullis.secretKey(), form);
    if (answer.status() != 200) {
      throw new AssertionError("no " + collection + ": " + Refusals.told(answer));
    }
    known.put(collection, answer.json().get("id").getAsString());
  }

  /** What stands in a member of an object is one of a collection that has no list. */
  private void know(String collection, String of, String member)
      throws IOException, InterruptedException {
    Http.Answer answer =
        Http.get(portcullis.api() + "/v1/" + of + "/" + known.get(of), portcullis.secretKey());
    known.put(collection, answer.json().get(member).getAsString());
  }

  private String newest(String collection) {
    return known.computeIfAbsent(collection, this::listed);
  }

  private String listed(String collection) {
    try {
      Http.Answer answer =
          Http.get(portcullis.api() + "/v1/" + collection + "?limit=1", portcullis.secretKey());
      JsonArray data =
          answer.status() == 200 ? answer.json().getAsJsonArray("data") : new JsonArray();
      return data == null || data.isEmpty()
          ? NOBODY
          : data.get(0).getAsJsonObject().get("id").getAsString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A path with its variables filled in. */
  String path(String template) {
    StringBuilder path = new StringBuilder();
    for (String segment : template.substring(1).split("/")) {
      String before = path.isEmpty() ? "" : path.substring("/v1".length());
      path.append('/').append(segment.startsWith("{") ? of(before) : segment);
    }
    return path.toString();
  }

  /** The newest of a collection that can be listed; of any other one, nobody. */
  private String of(String collection) {
    return collection.isEmpty() ? NOBODY : newest(collection.substring(1));
  }
}
