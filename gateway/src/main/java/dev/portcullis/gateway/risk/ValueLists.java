package dev.portcullis.gateway.risk;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.payments.Screening;
import dev.portcullis.gateway.sealing.BlindIndex;
import dev.portcullis.gateway.work.Caches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What an account's own lists say of an attempt. A list is read by its alias: {@code
 * card_bin_blocklist} blocks, {@code card_bin_allowlist} lets through whatever else speaks against
 * it; a payment that stands in both is let through. Other aliases are kept and read by nobody.
 */
@Component
final class ValueLists {

  static final String BLOCK = "_blocklist";
  static final String ALLOW = "_allowlist";

  private static final String ADDRESS = "client_ip_address";

  /** What lists can name, with the list's item types that fit. */
  static final List<String> SUBJECTS =
      List.of(
          "card_bin",
          "card_country",
          "card_fingerprint",
          ADDRESS,
          "customer",
          "email",
          "email_domain");

  private static final String MATCHES =
      "SELECT l.alias FROM radar_value_lists l JOIN radar_value_list_items i"
          + " ON i.account = l.account AND i.livemode = l.livemode AND i.value_list = l.id"
          + " WHERE l.account = ? AND l.livemode = ? AND ((l.alias, i.value) IN"
          + " (SELECT * FROM unnest(?::text[], ?::text[])) OR (l.alias = ANY (?) AND i.network >>="
          + " nullif(?, '')::inet))";

  private final Database database;
  private final BlindIndex blind;

  /** An account without lists, as nearly all are, costs a query a second. */
  private final Cache<String, Boolean> anything =
      Caches.bounded().maximumSize(10_000).expireAfterWrite(Duration.ofSeconds(1)).build();

  ValueLists(Database database, BlindIndex blind) {
    this.database = database;
    this.blind = blind;
  }

  /** What lists say. */
  enum Judgement {
    ALLOWED,
    BLOCKED,
    UNLISTED
  }

  /** Whether the account has any list that is read. */
  boolean matter(Principal principal) {
    return anything.get(
        principal.account() + " " + principal.livemode(),
        _ ->
            database
                .of(principal.account())
                .sql(
                    "SELECT EXISTS (SELECT FROM radar_value_lists WHERE account = ?"
                        + " AND livemode = ? AND alias = ANY (?))")
                .params(principal.account(), principal.livemode(), aliases())
                .query(Boolean.class)
                .single());
  }

  /** Lists of the account have changed: this gateway looks again at once, others in a second. */
  void changed(Principal principal) {
    anything.invalidate(principal.account() + " " + principal.livemode());
  }

  private static String[] aliases() {
    return SUBJECTS.stream()
        .flatMap(subject -> List.of(subject + BLOCK, subject + ALLOW).stream())
        .toArray(String[]::new);
  }

  /** What the account's lists say of the attempt. */
  Judgement judge(Screening.Candidate candidate, Attempt attempt) {
    if (!matter(candidate.principal())) {
      return Judgement.UNLISTED;
    }
    List<String> aliases = new ArrayList<>();
    List<String> values = new ArrayList<>();
    values(candidate, attempt)
        .forEach(
            pair -> {
              for (String kind : new String[] {BLOCK, ALLOW}) {
                aliases.add(pair.subject() + kind);
                values.add(ListItem.hashed(blind, attempt.account(), pair.value()));
                if (!pair.subject().equals(ADDRESS)) {
                  // As it was written before there was sealing; blocks then had their column.
                  aliases.add(pair.subject() + kind);
                  values.add(pair.value());
                }
              }
            });
    String address = attempt.address() == null ? null : attempt.address().text();
    List<String> found =
        database
            .of(attempt.account())
            .sql(MATCHES)
            .params(
                attempt.account(),
                attempt.livemode(),
                aliases.toArray(String[]::new),
                values.toArray(String[]::new),
                new String[] {ADDRESS + BLOCK, ADDRESS + ALLOW},
                address == null ? "" : address)
            .query(String.class)
            .list();
    // The shopper types the e-mail: such a list excuses nothing that blocks, and nothing in a page.
    if (found.stream().anyMatch(alias -> alias.endsWith(ALLOW) && !alias.startsWith("email"))) {
      return Judgement.ALLOWED;
    }
    if (found.stream().anyMatch(alias -> alias.endsWith(BLOCK))) {
      return Judgement.BLOCKED;
    }
    return found.isEmpty() || candidate.principal().isPublishable()
        ? Judgement.UNLISTED
        : Judgement.ALLOWED;
  }

  private record Pair(String subject, String value) {}

  private static List<Pair> values(Screening.Candidate candidate, Attempt attempt) {
    List<Pair> pairs = new ArrayList<>();
    String address = attempt.address() == null ? null : attempt.address().text();
    if (address != null) {
      ListItem.blocksOf(address).forEach(block -> add(pairs, ADDRESS, block));
    }
    add(pairs, "card_fingerprint", attempt.fingerprint());
    String bin = attempt.bin();
    add(pairs, "card_bin", bin);
    if (bin != null && bin.length() > 6) {
      add(pairs, "card_bin", bin.substring(0, 6));
    }
    add(pairs, "card_country", candidate.method().card().get("country"));
    add(pairs, "customer", attempt.customer());
    if (candidate.method().billingDetails().get("email") instanceof String email) {
      String lower = email.toLowerCase(Locale.ROOT);
      add(pairs, "email", lower);
      add(pairs, "email_domain", lower.substring(lower.lastIndexOf('@') + 1));
    }
    return pairs;
  }

  private static void add(List<Pair> pairs, String subject, @Nullable Object value) {
    if (value instanceof String text) {
      pairs.add(new Pair(subject, text));
    }
  }
}
