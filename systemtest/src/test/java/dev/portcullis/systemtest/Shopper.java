package dev.portcullis.systemtest;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** One payment after another, each a little different by seed, until there is a clear outcome. */
final class Shopper {
  /**
   * Every payment has an amount of its own, by which the provider's books tell it; beyond those
   * that the simulator settles otherwise than asked.
   */
  static final long FIRST_AMOUNT = 10_000;

  /** No provider takes less of a dollar. */
  private static final int LEAST = 50;

  /**
   * Captures of these amounts fall short at a pretended provider, or come in parts of which the
   * last is an hour late: no provider's word is taken for such a one, and it waits for a person.
   */
  private static final Set<Integer> SETTLED_OTHERWISE = Set.of(7_701, 7_702);

  private static final int POLL_MILLIS = 200;

  private final Portcullis portcullis;
  private final PersistentClient client;
  private final long seed;

  /**
   * What a client believes in the end.
   *
   * @param refunded what it was told was given back
   */
  record Belief(int number, String intent, String status, long received, long refunded) {}

  Shopper(Portcullis portcullis, PersistentClient client, long seed) {
    this.portcullis = portcullis;
    this.client = client;
    this.seed = seed;
  }

  static long amount(int number) {
    return FIRST_AMOUNT + number;
  }

  /** A row of digits as long as a card number's could be taken for one. */
  private String key(int number, String step) {
    return "crash-" + Long.toString(seed, 36) + "-payment" + number + "-" + step;
  }

  Belief pay(int number) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
    Map<String, String> form = new LinkedHashMap<>();
    form.put("amount", Long.toString(amount(number)));
    form.put("currency", "usd");
    form.put("payment_method", random.nextBoolean() ? card(number) : "pm_card_visa");
    return switch (random.nextInt(6)) {
      case 0 -> createThenConfirm(number, form);
      case 1 -> holdThenCapture(number, form, part(random, number));
      case 2 -> payThenRefund(number, form, part(random, number));
      case 3 -> confirmByHand(number, form);
      case 4 -> confirmAgain(number, form);
      default -> belief(number, payAtOnce(number, form), 0);
    };
  }

  private static long part(SplittableRandom random, int number) {
    int part = random.nextInt(LEAST, (int) amount(number));
    return SETTLED_OTHERWISE.contains(part) ? part - 10 : part;
  }

  private String card(int number) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("type", "card");
    form.put("card[number]", TestCards.generated(number));
    form.put("card[exp_month]", "12");
    form.put("card[exp_year]", "2034");
    form.put("card[cvc]", "123");
    Http.Answer answer =
        client.post(portcullis.cards() + "/v1/payment_methods", key(number, "card"), form);
    return text(require200(answer), "id");
  }

  private JsonObject payAtOnce(int number, Map<String, String> form) {
    form.put("confirm", "true");
    return settled(client.post(intents(), key(number, "pay"), form));
  }

  private Belief createThenConfirm(int number, Map<String, String> form) {
    JsonObject created = require200(client.post(intents(), key(number, "create"), form));
    Http.Answer confirmed =
        client.post(
            intents() + "/" + text(created, "id") + "/confirm", key(number, "confirm"), Map.of());
    return belief(number, settled(confirmed), 0);
  }

  private Belief holdThenCapture(int number, Map<String, String> form, long part) {
    form.put("capture_method", "manual");
    JsonObject held = payAtOnce(number, form);
    if (!"requires_capture".equals(text(held, "status"))) {
      return belief(number, held, 0);
    }
    Http.Answer captured =
        client.post(
            intents() + "/" + text(held, "id") + "/capture",
            key(number, "capture"),
            Map.of("amount_to_capture", Long.toString(part)));
    return belief(number, settled(captured), 0);
  }

  private Belief payThenRefund(int number, Map<String, String> form, long part) {
    JsonObject paid = payAtOnce(number, form);
    if (!"succeeded".equals(text(paid, "status"))) {
      return belief(number, paid, 0);
    }
    Map<String, String> refund =
        Map.of("payment_intent", text(paid, "id"), "amount", Long.toString(part));
    JsonObject refunded =
        require200(client.post(portcullis.api() + "/v1/refunds", key(number, "refund"), refund));
    while ("pending".equals(text(refunded, "status"))) {
      PersistentClient.pause(POLL_MILLIS);
      refunded = require200(client.get(portcullis.api() + "/v1/refunds/" + text(refunded, "id")));
    }
    return belief(number, paid, "succeeded".equals(text(refunded, "status")) ? part : 0);
  }

  private Belief confirmByHand(int number, Map<String, String> form) {
    form.put("confirmation_method", "manual");
    return belief(number, payAtOnce(number, form), 0);
  }

  /** With a challenge between the first confirmation and the one that takes the money. */
  private Belief confirmAgain(int number, Map<String, String> form) {
    form.put("confirmation_method", "manual");
    form.put("payment_method", "pm_card_authenticationRequired");
    form.put("return_url", "https://shop.example/done");
    JsonObject intent = payAtOnce(number, form);
    String path = intents() + "/" + text(intent, "id");
    while ("requires_action".equals(text(intent, "status"))) {
      answerChallenge(intent);
      PersistentClient.pause(POLL_MILLIS);
      intent = settled(client.get(path));
    }
    return "requires_confirmation".equals(text(intent, "status"))
        ? belief(number, settled(client.post(path + "/confirm", key(number, "again"), Map.of())), 0)
        : belief(number, intent, 0);
  }

  /** The bank's page may be away for a moment, or have its answer already. */
  private static void answerChallenge(JsonObject intent) {
    try {
      String back =
          Challenge.complete(
              intent
                  .getAsJsonObject("next_action")
                  .getAsJsonObject("redirect_to_url")
                  .get("url")
                  .getAsString());
      Http.send(Http.request(back).GET());
    } catch (IOException | AssertionError _) {
      System.out.println("the challenge of " + text(intent, "id") + " is answered or away");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The intent as it is once nothing is under way any more. */
  private JsonObject settled(Http.Answer answer) {
    JsonObject body = answer.json();
    JsonObject intent =
        answer.status() == 402
            ? body.getAsJsonObject("error").getAsJsonObject("payment_intent")
            : require200(answer);
    String id = text(intent, "id");
    while ("processing".equals(text(intent, "status"))) {
      PersistentClient.pause(POLL_MILLIS);
      intent = require200(client.get(intents() + "/" + id));
    }
    return intent;
  }

  private static JsonObject require200(Http.Answer answer) {
    if (answer.status() != 200) {
      throw new AssertionError("answered " + answer.status() + " " + answer.body());
    }
    return answer.json();
  }

  private static Belief belief(int number, JsonObject intent, long refunded) {
    return new Belief(
        number,
        text(intent, "id"),
        text(intent, "status"),
        intent.get("amount_received").getAsLong(),
        refunded);
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).getAsString();
  }

  private String intents() {
    return portcullis.api() + "/v1/payment_intents";
  }
}
