package dev.portcullis.connectors.sandbox;

import dev.portcullis.connectors.spi.DisputeFeed.Page;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a page of the simulator's disputes; each dispute wholly, or not at all. */
final class SandboxDisputes {

  private static final Pattern CURSOR = Pattern.compile("[0-9]{1,19}");
  private static final Pattern WORD = Pattern.compile("[a-z_]{1,64}");
  private static final Pattern ID = Pattern.compile("[0-9A-Za-z_]{1,128}");
  private static final Pattern CODE = Pattern.compile("[0-9A-Za-z.]{1,16}");
  private static final long LAST_SECOND = 253_402_300_799L;

  private SandboxDisputes() {}

  static Optional<Page> read(ForwardAnswer answer) {
    Map<String, @Nullable Object> body = answer.body();
    if (answer.status() != 200
        || body == null
        || !(body.get("disputes") instanceof List<?> disputes)
        || !(body.get("more") instanceof Boolean more)) {
      return Optional.empty();
    }
    String cursor = text(body.get("cursor"), CURSOR);
    List<DisputeNotice> notices = new ArrayList<>();
    List<@Nullable Object> unread = new ArrayList<>();
    for (Object each : disputes) {
      notice(each).ifPresentOrElse(notices::add, () -> unread.add(each));
    }
    return cursor == null ? Optional.empty() : Optional.of(new Page(notices, unread, cursor, more));
  }

  static Optional<DisputeNotice> notice(@Nullable Object element) {
    return element instanceof Map<?, ?> map ? Optional.ofNullable(notice(map)) : Optional.empty();
  }

  private static @Nullable DisputeNotice notice(Map<?, ?> map) {
    String id = text(map.get("id"), ID);
    String operation = text(map.get("operation"), ID);
    Money amount = money(map);
    String reason = text(map.get("reason"), WORD);
    Stage stage = stage(text(map.get("stage"), WORD));
    Instant opened = time(map.get("opened"));
    Instant dueBy = time(map.get("due_by"));
    if (id == null
        || operation == null
        || amount == null
        || reason == null
        || stage == null
        || opened == null
        || dueBy == null
        || !(map.get("sequence") instanceof Long sequence)
        || sequence < 1) {
      return null;
    }
    return new DisputeNotice(
        id,
        operation,
        sequence,
        amount,
        reason,
        text(map.get("network_reason_code"), CODE),
        stage,
        opened,
        dueBy);
  }

  private static @Nullable Money money(Map<?, ?> map) {
    return map.get("amount") instanceof Long amount
            && amount > 0
            && map.get("currency") instanceof String code
        ? Currency.find(code).map(currency -> new Money(amount, currency)).orElse(null)
        : null;
  }

  private static @Nullable Stage stage(@Nullable String word) {
    for (Stage stage : Stage.values()) {
      if (stage.name().toLowerCase(Locale.ROOT).equals(word)) {
        return stage;
      }
    }
    return null;
  }

  private static @Nullable Instant time(@Nullable Object seconds) {
    return seconds instanceof Long number && number >= 0 && number <= LAST_SECOND
        ? Instant.ofEpochSecond(number)
        : null;
  }

  private static @Nullable String text(@Nullable Object value, Pattern form) {
    return value instanceof String text && form.matcher(text).matches() ? text : null;
  }
}
