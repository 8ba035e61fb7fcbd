package dev.portcullis.connectors.sandbox;

import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.OperationFeed.Page;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderRecord;
import dev.portcullis.connectors.spi.ProviderRecord.Status;
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

/** Reads a page of the simulator's operations: wholly, or not at all. */
final class SandboxOperations {

  private static final Pattern CURSOR = Pattern.compile("[0-9]{1,19}");
  private static final Pattern WORD = Pattern.compile("[a-z_]{1,64}");
  private static final Pattern ID = Pattern.compile("[0-9A-Za-z_]{1,128}");
  private static final Pattern LAST4 = Pattern.compile("[0-9]{4}");
  private static final long LAST_SECOND = 253_402_300_799L;

  private SandboxOperations() {}

  static Optional<Page> read(ForwardAnswer answer) {
    Map<String, @Nullable Object> body = answer.body();
    if (answer.status() != 200
        || body == null
        || !(body.get("operations") instanceof List<?> operations)
        || !(body.get("more") instanceof Boolean more)) {
      return Optional.empty();
    }
    String cursor = text(body.get("cursor"), CURSOR);
    List<ProviderRecord> records = new ArrayList<>();
    for (Object each : operations) {
      ProviderRecord record = each instanceof Map<?, ?> map ? record(map) : null;
      if (record == null) {
        return Optional.empty();
      }
      records.add(record);
    }
    return cursor == null ? Optional.empty() : Optional.of(new Page(records, cursor, more));
  }

  private static @Nullable ProviderRecord record(Map<?, ?> map) {
    String reference = text(map.get("reference"), ID);
    String id = text(map.get("id"), ID);
    OperationKind kind = kind(text(map.get("kind"), WORD));
    Status status = status(text(map.get("status"), WORD));
    Money amount = money(map);
    Instant at = time(map.get("created"));
    if (reference == null
        || id == null
        || kind == null
        || status == null
        || amount == null
        || at == null) {
      return null;
    }
    return new ProviderRecord(
        reference,
        id,
        kind,
        status,
        amount,
        at,
        text(map.get("last4"), LAST4),
        text(map.get("authorization"), ID));
  }

  private static @Nullable OperationKind kind(@Nullable String word) {
    return switch (word) {
      case "authorization" -> OperationKind.AUTHORIZE;
      case "capture" -> OperationKind.CAPTURE;
      case "void" -> OperationKind.CANCEL;
      case "refund" -> OperationKind.REFUND;
      case "evidence" -> OperationKind.SUBMIT_EVIDENCE;
      case "acceptance" -> OperationKind.ACCEPT_DISPUTE;
      case null, default -> null;
    };
  }

  private static @Nullable Status status(@Nullable String word) {
    for (Status status : Status.values()) {
      if (status.name().toLowerCase(Locale.ROOT).equals(word)) {
        return status;
      }
    }
    return null;
  }

  private static @Nullable Money money(Map<?, ?> map) {
    return map.get("amount") instanceof Long amount
            && amount >= 0
            && map.get("currency") instanceof String code
        ? Currency.find(code).map(currency -> new Money(amount, currency)).orElse(null)
        : null;
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
