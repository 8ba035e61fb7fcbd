package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.provider.VaultLink.Said;
import dev.portcullis.wire.log.RequestScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line for each answer of a provider, for the operator alone: which payment it was about, how
 * often it was sent, what it was taken for, and the provider's own words for it. The words are
 * those that the vault's policy lets out; of these, what is named like a reason, and no address.
 */
final class ProviderTalk {

  private static final Logger LOG = LoggerFactory.getLogger("provider");

  private static final Pattern TELLING =
      Pattern.compile("code|reason|message|error|status|description|result|param|refus|declin");
  private static final int MAX_WORDS = 600;
  private static final int MAX_WORD = 200;
  private static final int MAX_DEPTH = 6;

  private ProviderTalk() {}

  /**
   * Writes the line.
   *
   * @param asked {@code send} or {@code lookup}
   */
  static void write(Operation operation, String asked, Said said, ProviderResult result) {
    LoggingEventBuilder line = LOG.atInfo();
    for (Map.Entry<String, Object> value : values(operation, said, result).entrySet()) {
      line = line.addKeyValue(value.getKey(), value.getValue());
    }
    line.log(asked);
  }

  private static Map<String, Object> values(Operation operation, Said said, ProviderResult result) {
    Map<String, Object> values = new LinkedHashMap<>();
    Attempt attempt = operation.attempt();
    Operation.Caller caller = operation.caller();
    if (caller != null && RequestScope.current().isEmpty()) {
      // The resolver's: it is found under the request that it goes on with.
      values.put("request", caller.requestId());
    }
    values.put("operation", operation.head().id());
    values.put("kind", operation.kind().name().toLowerCase(Locale.ROOT));
    values.put("object", attempt.object());
    putIfThere(values, "charge", attempt.charge());
    values.put("provider", operation.provider().name());
    values.put("attempt", operation.sending().sends());
    values.put("looks", operation.sending().looks());
    putOutcome(values, result);
    String words = words(said);
    putIfThere(values, "provider_said", words.isEmpty() ? null : words);
    return values;
  }

  private static void putOutcome(Map<String, Object> values, ProviderResult result) {
    switch (result) {
      case ProviderResult.Approved approved -> {
        values.put("outcome", "approved");
        values.put("provider_reference", approved.providerReference());
      }
      case ProviderResult.Declined declined -> {
        values.put("outcome", "declined");
        values.put("decline_code", declined.code().name().toLowerCase(Locale.ROOT));
        putIfThere(values, "provider_reference", declined.providerReference());
      }
      case ProviderResult.Rejected rejected -> {
        values.put("outcome", "rejected");
        values.put("reason", rejected.reason());
        values.put("rejected", rejected.kind().name().toLowerCase(Locale.ROOT));
      }
      case ProviderResult.RequiresAction action -> {
        values.put("outcome", "requires_action");
        putIfThere(values, "provider_reference", action.providerReference());
      }
      case ProviderResult.Pending pending -> {
        values.put("outcome", "pending");
        putIfThere(values, "provider_reference", pending.providerReference());
        putIfThere(values, "alert", pending.alert());
      }
      case ProviderResult.Unknown unknown -> {
        values.put("outcome", "unknown");
        values.put("reason", unknown.reason());
      }
      case ProviderResult.NotFound _ -> values.put("outcome", "not_found");
    }
  }

  private static void putIfThere(Map<String, Object> values, String name, @Nullable Object value) {
    if (value != null) {
      values.put(name, value);
    }
  }

  /** What the provider said of itself, as {@code path=word} in its own order. */
  private static String words(Said said) {
    if (!(said instanceof Said.Answer answer)) {
      return "";
    }
    StringBuilder words = new StringBuilder();
    Object status = answer.body().get("status");
    if (status instanceof Long) {
      words.append("http=").append(status);
    }
    collect("", answer.body().get("body"), 0, words);
    return words.length() > MAX_WORDS ? words.substring(0, MAX_WORDS) : words.toString();
  }

  private static void collect(String path, @Nullable Object value, int depth, StringBuilder words) {
    if (depth > MAX_DEPTH || words.length() > MAX_WORDS) {
      return;
    }
    switch (value) {
      case Map<?, ?> object ->
          object.forEach((name, member) -> collect(path + "/" + name, member, depth + 1, words));
      case List<?> list -> list.forEach(each -> collect(path + "/-", each, depth + 1, words));
      case String text when isTelling(path) ->
          words
              .append(words.isEmpty() ? "" : " ")
              .append(path)
              .append('=')
              .append(text.length() > MAX_WORD ? text.substring(0, MAX_WORD) : text);
      case null, default -> {}
    }
  }

  private static boolean isTelling(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    return TELLING.matcher(lower).find() && !lower.contains("url");
  }
}
