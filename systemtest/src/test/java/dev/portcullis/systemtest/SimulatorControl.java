package dev.portcullis.systemtest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;

/** The fake provider's control desk: faults in, its books out. */
final class SimulatorControl {

  /**
   * One line of the provider's books.
   *
   * @param captured what was taken in all, for an authorization
   * @param refunded what was given back in all, for an authorization
   */
  record Entry(
      String kind,
      String id,
      String reference,
      String authorization,
      long amount,
      long captured,
      long refunded,
      String status) {}

  private final String base;
  private final String key;

  SimulatorControl(int port, String key) {
    this.base = "http://127.0.0.1:" + port + "/control";
    this.key = key;
  }

  void faults(String json) throws IOException, InterruptedException {
    faults("sandbox", json);
  }

  /** Faults of one of the providers that it pretends to be. */
  void faults(String provider, String json) throws IOException, InterruptedException {
    expect200(
        Http.send(
            Http.authorized(base + "/faults?provider=" + provider, key)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json))));
  }

  void noFaults() throws IOException, InterruptedException {
    noFaults("sandbox");
  }

  void noFaults(String provider) throws IOException, InterruptedException {
    expect200(Http.send(Http.authorized(base + "/faults?provider=" + provider, key).DELETE()));
  }

  /** Notifications of a provider, to that address: three of ten twice, three of ten late. */
  void notifyAt(String provider, String url, String secret)
      throws IOException, InterruptedException {
    JsonObject plan = new JsonObject();
    plan.addProperty("url", url);
    plan.addProperty("secret", secret);
    plan.addProperty("twice", 0.3);
    plan.addProperty("late", 0.3);
    plan.addProperty("delay_ms", 5_000);
    expect200(
        Http.send(
            Http.authorized(base + "/notifications?provider=" + provider, key)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(plan.toString()))));
  }

  /** What became of a provider's notifications: how many wait, were taken, and are given up. */
  JsonObject notifications(String provider) throws IOException, InterruptedException {
    Http.Answer state = Http.get(base + "/notifications?provider=" + provider, key);
    expect200(state);
    return state.json();
  }

  private static void expect200(Http.Answer answer) {
    if (answer.status() != 200) {
      throw new AssertionError("the simulator answered " + answer.status() + " " + answer.body());
    }
  }

  List<Entry> ledger() throws IOException, InterruptedException {
    return ledger("sandbox");
  }

  List<Entry> ledger(String provider) throws IOException, InterruptedException {
    List<Entry> all = new ArrayList<>();
    String after = "0";
    while (true) {
      Http.Answer page =
          Http.get(base + "/ledger?provider=" + provider + "&limit=1000&after=" + after, key);
      expect200(page);
      JsonObject body = page.json();
      for (JsonElement element : body.getAsJsonArray("entries")) {
        all.add(entry(element.getAsJsonObject()));
      }
      if (body.get("next").isJsonNull()) {
        return all;
      }
      after = body.get("next").getAsString();
    }
  }

  private static Entry entry(JsonObject tree) {
    return new Entry(
        tree.get("kind").getAsString(),
        tree.get("id").getAsString(),
        tree.get("reference").getAsString(),
        tree.get("authorization").getAsString(),
        tree.get("amount").getAsLong(),
        tree.has("captured") ? tree.get("captured").getAsLong() : 0,
        tree.has("refunded") ? tree.get("refunded").getAsLong() : 0,
        tree.get("status").getAsString());
  }
}
