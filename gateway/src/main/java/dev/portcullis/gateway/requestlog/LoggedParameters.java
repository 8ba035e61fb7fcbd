package dev.portcullis.gateway.requestlog;

import dev.portcullis.kit.Currency;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.log.Redaction;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.ParamValue;
import dev.portcullis.wire.params.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which parameters of a request are logged. Two locks: a parameter is shown only if its name stands
 * in a list, and its value only if it is one of the words, numbers or ids that the parameter is
 * declared to take. Everything else is there as redacted; a name that the route does not know is
 * not there at all, for a client may put anything into it.
 */
public final class LoggedParameters {

  private static final int MAX_LENGTH = 4_000;
  private static final int MAX_ITEMS = 20;
  private static final int MAX_DIGITS = 12;

  private static final Set<String> SHOWN =
      Set.of(
          "allow_redirects",
          "allow_redisplay",
          "amount",
          "amount_to_capture",
          "api_version",
          "automatic_payment_methods",
          "cancellation_reason",
          "capture_method",
          "card",
          "charge",
          "confirm",
          "confirmation_method",
          "created",
          "currency",
          "customer",
          "disabled",
          "enabled",
          "enabled_events",
          "ending_before",
          "error_on_requires_action",
          "expand",
          "final_capture",
          "gt",
          "gte",
          "limit",
          "lt",
          "lte",
          "method",
          "mode",
          "off_session",
          "payment_intent",
          "payment_method",
          "payment_method_options",
          "payment_method_types",
          "reason",
          "request_three_d_secure",
          "setup_future_usage",
          "starting_after",
          "status",
          "submit",
          "tax_exempt",
          "type",
          "types",
          "ui_mode",
          "usage",
          "use_stripe_sdk");

  /** An id of ours, or a test payment method's name: never a token, never a client secret. */
  private static final Pattern ID =
      Pattern.compile("(?!tok_)[a-z]{2,5}(_test|_live)?_[0-9A-Za-z]{8,40}|pm_card_[a-zA-Z_]{1,60}");

  /** Paths of members, types of events, versions. */
  private static final Pattern WORD =
      Pattern.compile("\\*|[a-z_.]{1,60}(\\.\\*)?|20[0-9-]{8}[a-z.]{0,20}");

  private static final Set<String> WORDS =
      Set.of("api_version", "enabled_events", "expand", "type", "types");

  private static final Shape EXPAND = Shape.of(Param.expand());

  private LoggedParameters() {}

  /** The parameters of a request to a route of that shape, as JSON of at most 4,000 characters. */
  public static String of(Shape shape, ParamTree sent) {
    if (sent.members().isEmpty()) {
      return "{}";
    }
    Map<String, @Nullable Object> shown = members(shape, sent.members());
    if (sent.members().containsKey("expand")) {
      shown.putAll(members(EXPAND, sent.members()));
    }
    String json = Json.writeString(shown);
    return json.length() <= MAX_LENGTH ? json : "{\"truncated\":true}";
  }

  private static Map<String, @Nullable Object> members(Shape shape, Map<String, ParamValue> sent) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    for (Param param : shape.params()) {
      ParamValue value = sent.get(param.name());
      if (value != null) {
        shown.put(
            param.name(),
            SHOWN.contains(param.name())
                ? value(param.name(), param.type(), value)
                : Redaction.REDACTED);
      }
    }
    return shown;
  }

  private static Object value(String name, Param.Type type, ParamValue value) {
    return switch (type) {
      case Param.Type.Hash(Shape shape) ->
          value instanceof ParamValue.Members(var inner)
              ? members(shape, inner)
              : Redaction.REDACTED;
      case Param.Type.Items items -> items(name, items, value);
      case Param.Type.Either either ->
          value(
              name, value instanceof ParamValue.Text ? either.plain() : either.structure(), value);
      case Param.Type.Text _,
          Param.Type.Whole _,
          Param.Type.Truth _,
          Param.Type.Choice _,
          Param.Type.CurrencyCode _,
          Param.Type.Url _,
          Param.Type.Email _,
          Param.Type.AlwaysFalse _,
          Param.Type.Unsupported _,
          Param.Type.Metadata _ ->
          value instanceof ParamValue.Text(String text) && mayBeShown(name, type, text)
              ? text
              : Redaction.REDACTED;
    };
  }

  private static Object items(String name, Param.Type.Items type, ParamValue value) {
    if (!(value instanceof ParamValue.Items(var items))) {
      return Redaction.REDACTED;
    }
    List<Object> shown = new ArrayList<>();
    for (ParamValue item : items.subList(0, Math.min(items.size(), MAX_ITEMS))) {
      shown.add(value(name, type.element().type(), item));
    }
    return shown;
  }

  private static boolean mayBeShown(String name, Param.Type type, String text) {
    return text.isEmpty()
        || switch (type) {
          case Param.Type.Text _ ->
              (WORDS.contains(name) ? WORD : ID).matcher(text).matches()
                  && Redaction.scrub(text).equals(text);
          case Param.Type.Whole _ ->
              text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
          case Param.Type.Truth _, Param.Type.AlwaysFalse _ ->
              text.equals("true") || text.equals("false");
          case Param.Type.Choice choice -> choice.words().contains(text);
          case Param.Type.CurrencyCode _ ->
              Currency.find(text.toLowerCase(Locale.ROOT)).isPresent();
          case Param.Type.Url _,
              Param.Type.Email _,
              Param.Type.Metadata _,
              Param.Type.Hash _,
              Param.Type.Items _,
              Param.Type.Unsupported _,
              Param.Type.Either _ ->
              false;
        };
  }
}
