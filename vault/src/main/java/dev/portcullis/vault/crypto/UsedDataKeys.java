package dev.portcullis.vault.crypto;

import java.util.List;
import java.util.stream.Collectors;

/** Which data keys seal something, by the tables' own word. */
public final class UsedDataKeys {

  /**
   * Every table whose rows name the data key that sealed them, the likeliest first. People's sealed
   * texts name theirs themselves.
   */
  static final List<String> TABLES =
      List.of(
          "card",
          "idempotency",
          "provider_secret",
          "fingerprint_key",
          "audit_key",
          "openpgp_key",
          "pending_change");

  private UsedDataKeys() {}

  /** A condition in SQL: the data key in the row of that alias seals something. */
  public static String isUsed(String alias) {
    return TABLES.stream()
        .map(
            table ->
                "exists (select from %s t where t.account = %s.account and t.data_key = %s.id)"
                    .formatted(table, alias, alias))
        .collect(
            Collectors.joining(
                " or ",
                "(",
                " or exists (select from person where split_part(totp, ':', 1) = %s.id))"
                    .formatted(alias)));
  }
}
