package dev.portcullis.gateway.keys;

import dev.portcullis.wire.key.Permissions;
import dev.portcullis.wire.net.Cidr;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a key may do, from where and until when.
 *
 * @param permissions what a restricted key may do; none for the others
 * @param cidrs the addresses that it may come from; empty for any
 * @param expiresAt when it ends by itself
 * @param description what it is for, in the words of whoever made it; at most 500 characters
 */
public record KeyTerms(
    Permissions permissions, List<Cidr> cidrs, Optional<Instant> expiresAt, String description) {

  /** Takes a copy. */
  public KeyTerms {
    cidrs = List.copyOf(cidrs);
  }

  /** No permissions, from anywhere, without an end. */
  public static KeyTerms none(String description) {
    return new KeyTerms(Permissions.NONE, List.of(), Optional.empty(), description);
  }
}
