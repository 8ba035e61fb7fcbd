package dev.portcullis.systemtest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.portcullis.systemtest.SimulatorControl.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Lays books beside each other: the providers', the gateway's, and what clients believe. */
final class Books {
  private final Map<Long, List<Entry>> authorizations;
  private final Map<Long, List<JsonObject>> intents;
  private final Map<String, List<Long>> bookings;
  private final List<String> disagreements = new ArrayList<>();

  private Books(
      Map<Long, List<Entry>> authorizations,
      Map<Long, List<JsonObject>> intents,
      Map<String, List<Long>> bookings) {
    this.authorizations = authorizations;
    this.intents = intents;
    this.bookings = bookings;
  }

  static Books read(Portcullis portcullis, PersistentClient client, List<String> providers)
      throws IOException, InterruptedException {
    List<Entry> entries = new ArrayList<>();
    for (String provider : providers) {
      entries.addAll(portcullis.simulator().ledger(provider));
    }
    Map<Long, List<Entry>> byAmount =
        entries.stream()
            .filter(entry -> "authorization".equals(entry.kind()))
            .collect(Collectors.groupingBy(Entry::amount, LinkedHashMap::new, Collectors.toList()));
    Map<Long, List<JsonObject>> intents =
        allIntents(portcullis, client).stream()
            .collect(
                Collectors.groupingBy(
                    intent -> intent.get("amount").getAsLong(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return new Books(byAmount, intents, bookings(portcullis, client));
  }

  static List<JsonObject> allIntents(Portcullis portcullis, PersistentClient client) {
    return all(
        client, portcullis.api() + "/v1/payment_intents?limit=100&expand[]=data.latest_charge");
  }

  /** What the balance transactions moved, by charge: what was taken, then what was given back. */
  private static Map<String, List<Long>> bookings(Portcullis portcullis, PersistentClient client) {
    Map<String, List<Long>> bookings = new LinkedHashMap<>();
    for (JsonObject booked :
        all(client, portcullis.api() + "/v1/balance_transactions?limit=100&expand[]=data.source")
            .reversed()) {
      JsonObject source = booked.getAsJsonObject("source");
      String charge = source.has("charge") ? "charge" : "id";
      bookings
          .computeIfAbsent(source.get(charge).getAsString(), id -> new ArrayList<>())
          .add(booked.get("amount").getAsLong());
    }
    return bookings;
  }

  private static List<JsonObject> all(PersistentClient client, String url) {
    List<JsonObject> all = new ArrayList<>();
    String after = "";
    while (true) {
      JsonObject page = client.get(url + after).json();
      for (JsonElement element : page.getAsJsonArray("data")) {
        all.add(element.getAsJsonObject());
      }
      if (!page.get("has_more").getAsBoolean()) {
        return all;
      }
      after = "&starting_after=" + all.getLast().get("id").getAsString();
    }
  }

  /** Everything that does not agree, in words; empty when all is well. */
  List<String> disagreements(Collection<Shopper.Belief> beliefs) {
    beliefs.forEach(this::checkBelief);
    intents.forEach(this::checkIntents);
    authorizations.forEach(
        (amount, entries) -> {
          if (!intents.containsKey(amount)) {
            disagreements.add("the provider knows " + entries + " and the gateway nothing of it");
          }
        });
    return disagreements;
  }

  private void checkBelief(Shopper.Belief belief) {
    List<JsonObject> found =
        intents.getOrDefault(Shopper.amount(belief.number()), List.<JsonObject>of());
    if (found.size() != 1) {
      disagreements.add(belief + ": the gateway has " + found.size() + " intents for it");
      return;
    }
    JsonObject intent = found.getFirst();
    if (!intent.get("id").getAsString().equals(belief.intent())
        || !intent.get("status").getAsString().equals(belief.status())
        || intent.get("amount_received").getAsLong() != belief.received()
        || refunded(intent) != belief.refunded()) {
      disagreements.add(belief + ": the gateway says " + intent);
    }
  }

  private void checkIntents(long amount, List<JsonObject> sameAmount) {
    if (sameAmount.size() != 1) {
      disagreements.add("the gateway has " + sameAmount.size() + " intents of amount " + amount);
      return;
    }
    JsonObject intent = sameAmount.getFirst();
    List<Entry> live =
        authorizations.getOrDefault(amount, List.<Entry>of()).stream()
            .filter(entry -> "approved".equals(entry.status()) || "pending".equals(entry.status()))
            .toList();
    String told = intent.get("id").getAsString() + " of " + amount + " is ";
    String status = intent.get("status").getAsString();
    switch (status) {
      case "succeeded" -> {
        if (live.size() != 1
            || live.getFirst().captured() != intent.get("amount_received").getAsLong()
            || live.getFirst().refunded() != refunded(intent)) {
          disagreements.add(told + intent + "; the provider: " + live);
        }
        checkBookings(intent);
      }
      case "requires_capture" -> {
        if (live.size() != 1 || live.getFirst().captured() != 0) {
          disagreements.add(told + status + "; the provider: " + live);
        }
      }
      default -> {
        if (!live.isEmpty()) {
          disagreements.add(told + status + "; the provider holds money: " + live);
        }
      }
    }
  }

  private void checkBookings(JsonObject intent) {
    String charge = intent.getAsJsonObject("latest_charge").get("id").getAsString();
    List<Long> booked = bookings.getOrDefault(charge, List.of(0L));
    long back = booked.stream().skip(1).mapToLong(Long::longValue).sum();
    if (booked.getFirst() != intent.get("amount_received").getAsLong()
        || back != -refunded(intent)) {
      disagreements.add(charge + " is booked as " + booked + ": " + intent);
    }
  }

  private static long refunded(JsonObject intent) {
    JsonElement charge = intent.get("latest_charge");
    return charge.isJsonNull() ? 0 : charge.getAsJsonObject().get("amount_refunded").getAsLong();
  }

  int intentsInAll() {
    return intents.values().stream().mapToInt(List::size).sum();
  }

  long intentsOf(String status) {
    return intents.values().stream()
        .flatMap(List::stream)
        .filter(intent -> status.equals(intent.get("status").getAsString()))
        .count();
  }
}
