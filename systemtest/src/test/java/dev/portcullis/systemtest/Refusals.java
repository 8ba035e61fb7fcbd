package dev.portcullis.systemtest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What an answer to broken input must be like, whatever was broken. */
final class Refusals {

  /** What no answer may say. */
  static final Pattern INSIDES =
      Pattern.compile(
          "Exception|\\bat [a-z]+\\.|dev\\.portcullis|org\\.(springframework|postgresql|apache)"
              + "|io\\.helidon|java\\.(lang|util|io)|jakarta|\\.java:\\d+|SELECT |INSERT |PSQL"
              + "|Whitelabel|Tomcat|Jackson|stack ?trace",
          Pattern.CASE_INSENSITIVE);

  /** An object's id or secret: chance may spell any word in it. */
  private static final Pattern IDS = Pattern.compile("\\b[a-z]+_[A-Za-z0-9_]{8,}");

  private static final Set<String> TYPES =
      Set.of("invalid_request_error", "idempotency_error", "card_error");

  private Refusals() {}

  static boolean showsInsides(String body) {
    return INSIDES.matcher(IDS.matcher(body).replaceAll("")).find();
  }

  /** What is wrong with an answer that must be a 4xx in Stripe's form. */
  static Optional<String> fault(Http.Answer answer) {
    if (answer.status() < 400 || answer.status() > 499) {
      return Optional.of("not refused: " + told(answer));
    }
    if (showsInsides(answer.body())) {
      return Optional.of("shows its insides: " + told(answer));
    }
    if (!answer.header("content-type").startsWith("application/json")
        || !answer.header("request-id").startsWith("req_")) {
      return Optional.of("not in the API's form: " + told(answer));
    }
    Optional<JsonObject> error = error(answer);
    boolean inForm =
        error.isPresent()
            && TYPES.contains(text(error.get(), "type"))
            && !text(error.get(), "message").isBlank();
    return inForm ? Optional.empty() : Optional.of("no error of Stripe's form: " + told(answer));
  }

  /** The parameter that an answer names, or nothing. */
  static String param(Http.Answer answer) {
    return error(answer).map(error -> text(error, "param")).orElse("");
  }

  static String code(Http.Answer answer) {
    return error(answer).map(error -> text(error, "code")).orElse("");
  }

  private static Optional<JsonObject> error(Http.Answer answer) {
    try {
      JsonElement error = answer.json().get("error");
      return error != null && error.isJsonObject()
          ? Optional.of(error.getAsJsonObject())
          : Optional.empty();
    } catch (JsonParseException | IllegalStateException e) {
      return Optional.empty();
    }
  }

  private static String text(JsonObject object, String name) {
    JsonElement member = object.get(name);
    return member != null && member.isJsonPrimitive() ? member.getAsString() : "";
  }

  static String told(Http.Answer answer) {
    String body = answer.body().replace('\n', ' ');
    return answer.status() + " " + body.substring(0, Math.min(300, body.length()));
  }
}
