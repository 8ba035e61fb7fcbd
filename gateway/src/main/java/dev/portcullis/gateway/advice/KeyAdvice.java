package dev.portcullis.gateway.advice;

import dev.portcullis.gateway.keys.StoredKey;
import dev.portcullis.wire.key.Permissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What could be better about one key. */
public sealed interface KeyAdvice {

  /** The types of event that an advice is told with, in the order of the alphabet. */
  List<String> EVENT_TYPES =
      List.of(
          "portcullis.api_key.overprivileged",
          "portcullis.api_key.rotation_due",
          "portcullis.api_key.unused");

  /** The key. */
  StoredKey key();

  /** It is older than keys should grow. */
  record Rotate(StoredKey key, Duration age) implements KeyAdvice {}

  /** Nobody has used it for long. */
  record Unused(StoredKey key, Instant since) implements KeyAdvice {}

  /**
   * It may more than it does.
   *
   * @param smallest all that its requests needed
   * @param requests how many of them were looked at
   */
  record Restrict(StoredKey key, Permissions smallest, long requests) implements KeyAdvice {}

  /** Its name, for programs. */
  default String reason() {
    return switch (this) {
      case Rotate _ -> "rotation_due";
      case Unused _ -> "unused";
      case Restrict _ -> "overprivileged";
    };
  }

  /** The type of its event: with a prefix that none of Stripe's has. */
  default String eventType() {
    return "portcullis.api_key." + reason();
  }

  /** What to do, in a sentence for a person. */
  default String sentence() {
    return switch (this) {
      case Rotate rotate -> "It is %d days old; roll it.".formatted(rotate.age().toDays());
      case Unused unused ->
          "Nobody has used it since %s; revoke it."
              .formatted(unused.since().toString().substring(0, 10));
      case Restrict restrict ->
          "Its %d latest requests needed no more than %s; use a restricted key with that."
              .formatted(restrict.requests(), String.join(", ", restrict.smallest().names()));
    };
  }
}
