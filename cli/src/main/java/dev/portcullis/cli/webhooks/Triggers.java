package dev.portcullis.cli.webhooks;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.webhooks.Api.Answer;
import dev.portcullis.cli.webhooks.Api.AwayException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes things happen of which events tell: by the API, in test mode. */
public final class Triggers {

  private static final Pattern REFERENCE = Pattern.compile("\\{(\\d)(\\.[a-z_0-9.]+)}");
  private static final long LOOK_AGAIN_MILLIS = 250;

  /** A dispute comes through a list that is read every few seconds. */
  private static final int MOST_LOOKS = 480;

  private static final CountDownLatch NEVER = new CountDownLatch(1);

  private final Api api;

  /**
   * @throws Refusal if the key moves real money
   */
  public Triggers(Api api) {
    if (!api.isTestMode()) {
      throw new Refusal("Things are made to happen in test mode alone: use a key of it.");
    }
    this.api = api;
  }

  /**
   * What came of it.
   *
   * @param event the event's id
   * @param object the id of what it tells of
   */
  public record Happened(String event, String object) {}

  /** All that can be made to happen, in the order of the alphabet. */
  public static List<String> types() {
    return Recipes.ALL.keySet().stream().sorted().toList();
  }

  /**
   * Lets a type pass.
   *
   * @throws Refusal if there is no such type
   */
  public static void require(String type) {
    recipe(type);
  }

  private static Recipes.Trigger recipe(String type) {
    Recipes.Trigger trigger = Recipes.ALL.get(type);
    if (trigger == null) {
      throw new Refusal("Nothing makes " + type + " happen; trigger --list shows what can be.");
    }
    return trigger;
  }

  /**
   * Makes it happen and waits for its event.
   *
   * @throws Refusal if the API refuses what it takes, or no event comes
   */
  public Happened fire(String type) throws InterruptedException {
    Recipes.Trigger trigger = recipe(type);
    List<Map<String, @Nullable Object>> answers = new ArrayList<>();
    try {
      for (Recipes.Step step : trigger.steps()) {
        answers.add(take(step, answers));
      }
      return happened(await(type, filled(trigger.about(), answers)));
    } catch (AwayException e) {
      throw new Refusal("The API does not answer (" + e.getMessage() + ").", e);
    }
  }

  private Map<String, @Nullable Object> take(
      Recipes.Step step, List<Map<String, @Nullable Object>> answers)
      throws AwayException, InterruptedException {
    return switch (step) {
      case Recipes.Post(String path, Map<String, String> form) -> {
        Map<String, String> sent = new LinkedHashMap<>();
        form.forEach((name, value) -> sent.put(name, filled(value, answers)));
        Answer answer = api.post(filled(path, answers), sent);
        // A card that is declined, 402, is what some of them are about.
        yield require(answer, answer.isOk() || answer.status() == 402, path);
      }
      case Recipes.Delete(String path) -> {
        Answer answer = api.delete(filled(path, answers));
        yield require(answer, answer.isOk(), path);
      }
      case Recipes.PayOnPage(String url, Map<String, String> entry) -> {
        Answer answer = api.payOnPage(filled(url, answers), entry);
        yield require(answer, answer.isOk(), "the session's page");
      }
      case Recipes.Wait(String type, String about) -> await(type, filled(about, answers));
    };
  }

  private static Map<String, @Nullable Object> require(Answer answer, boolean good, String path) {
    if (!good) {
      throw new Refusal("The API refuses " + path + ": " + answer.message());
    }
    return answer.body();
  }

  /** The event of that type about an object, or about what belongs to a payment. */
  private Map<String, @Nullable Object> await(String type, String about)
      throws AwayException, InterruptedException {
    for (int look = 0; look < MOST_LOOKS; look++) {
      Answer answer = api.get("/v1/events", Map.of("type", type, "limit", "100"));
      if (answer.body().get("data") instanceof List<?> data) {
        for (Object each : data) {
          Map<String, @Nullable Object> event = tree(each);
          Map<String, @Nullable Object> object = tree(tree(event.get("data")).get("object"));
          if (about.equals(object.get("id")) || about.equals(object.get("payment_intent"))) {
            return event;
          }
        }
      }
      if (NEVER.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    throw new Refusal("No event " + type + " about " + about + " has come; look at the logs.");
  }

  private static Happened happened(Map<String, @Nullable Object> event) {
    return new Happened(
        String.valueOf(event.get("id")),
        String.valueOf(tree(tree(event.get("data")).get("object")).get("id")));
  }

  /** Replaces {@code {0.id}} by a member of the first step's answer, and so on. */
  private static String filled(String template, List<Map<String, @Nullable Object>> answers) {
    return REFERENCE
        .matcher(template)
        .replaceAll(
            found -> Matcher.quoteReplacement(member(found.group(1), found.group(2), answers)));
  }

  private static String member(
      String step, String path, List<Map<String, @Nullable Object>> answers) {
    Object value = answers.get(Integer.parseInt(step));
    for (String name : path.substring(1).split("\\.")) {
      value = tree(value).get(name);
    }
    if (!(value instanceof String text)) {
      throw new Refusal("The API's answer has no " + path.substring(1) + ".");
    }
    return text;
  }

  @SuppressWarnings("unchecked") // JSON objects have texts as names
  private static Map<String, @Nullable Object> tree(@Nullable Object value) {
    return value instanceof Map<?, ?> map
        ? (Map<String, @Nullable Object>) map
        : new LinkedHashMap<>();
  }
}
