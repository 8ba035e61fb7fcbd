package dev.portcullis.vault.changes;

import dev.portcullis.vault.crypto.Sha256;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one administrator proposed.
 *
 * @param id the change's id
 * @param action what it does, such as {@code policy.install}
 * @param subject to what
 * @param content all of it; never a secret
 * @param proposedBy who proposed it
 * @param proposedAt when
 * @param expires until when it may be confirmed
 * @param state how it stands
 * @param decidedBy who confirmed or refused it, or null
 * @param outcome what came of it, or null
 */
public record Change(
    String id,
    String action,
    String subject,
    String content,
    String proposedBy,
    Instant proposedAt,
    Instant expires,
    State state,
    @Nullable String decidedBy,
    @Nullable String outcome) {

  /** How a change stands. */
  public enum State {
    PENDING,
    APPLIED,
    REFUSED,
    /** Nobody confirmed it in time. */
    EXPIRED
  }

  /** What whoever confirms must name, so that nobody confirms what they did not see. */
  public String hash() {
    return hash(action, subject, content);
  }

  /** The {@link #hash()} of a change that says that. */
  public static String hash(String action, String subject, String content) {
    return Sha256.hex(action + "\n" + subject + "\n" + content);
  }
}
