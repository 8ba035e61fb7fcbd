package dev.portcullis.systemtest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code portcullis status --json} says of a running instance.
 *
 * @param api base URL of the API
 * @param cards base URL that takes card numbers
 * @param secretKey a test secret key
 * @param publishableKey a test publishable key
 * @param pids process ids by zone
 * @param health {@code up}, or what is wrong, by zone
 */
record Status(
    String api,
    String cards,
    String secretKey,
    String publishableKey,
    Map<String, Long> pids,
    Map<String, String> health) {

  static Status parse(String json) {
    JsonObject tree = JsonParser.parseString(json).getAsJsonObject();
    Map<String, Long> pids = new LinkedHashMap<>();
    tree.getAsJsonObject("pids")
        .entrySet()
        .forEach(
            e -> {
              if (!e.getValue().isJsonNull()) {
                pids.put(e.getKey(), e.getValue().getAsLong());
              }
            });
    Map<String, String> health = new LinkedHashMap<>();
    JsonElement states = tree.get("health");
    states
        .getAsJsonObject()
        .entrySet()
        .forEach(
            e ->
                health.put(
                    e.getKey(),
                    e.getValue().isJsonPrimitive()
                        ? e.getValue().getAsString()
                        : e.getValue().toString()));
    return new Status(
        tree.get("api").getAsString(),
        tree.get("cards").getAsString(),
        tree.get("secret_key").getAsString(),
        tree.get("publishable_key").getAsString(),
        pids,
        health);
  }

  /**
   * The process id of a zone: {@code gateway}, {@code vault}, {@code simulator}, {@code postgres}.
   */
  long pid(String zone) {
    Long pid = pids.get(zone);
    if (pid == null) {
      throw new AssertionError("no process of the zone " + zone + " in " + pids);
    }
    return pid;
  }

  boolean allUp() {
    return !health.isEmpty() && health.values().stream().allMatch("up"::equals);
  }
}
