package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.routing.Costs.Fee;
import dev.portcullis.gateway.routing.Rules.Rule;
import dev.portcullis.gateway.routing.Target.Chain;
import dev.portcullis.gateway.routing.Target.LeastCost;
import dev.portcullis.gateway.routing.Target.Split;
import dev.portcullis.gateway.routing.Target.SuccessRate;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the document of an account's rules, strictly: what it does not know, what contradicts
 * itself and what could never matter is refused, and the member is named.
 */
final class RulesReader {

  private static final int LONGEST_NAME = 80;
  private static final int MOST_PROVIDERS = 20;
  private static final int MOST_FEES = 50;
  private static final int WHOLE_PERCENT = 100;
  private static final long MOST_FIXED = 1_000_000;
  private static final int MOST_SAMPLE = 10_000;

  private final Predicate<String> known;

  private RulesReader(Predicate<String> known) {
    this.known = known;
  }

  /**
   * Reads a document.
   *
   * @param known whether the account has a provider account of that name
   * @throws dev.portcullis.wire.error.ApiException 400 that names the member
   */
  static Rules read(String json, Predicate<String> known) {
    if (json.getBytes(StandardCharsets.UTF_8).length > Rules.MOST_BYTES) {
      throw Members.invalid("", "The document has more than " + Rules.MOST_BYTES + " bytes.");
    }
    try {
      return new RulesReader(known).read(Members.of(Json.read(json), ""));
    } catch (MalformedJsonException e) {
      throw Members.invalid("", String.valueOf(e.getMessage()));
    }
  }

  private Rules read(Members document) {
    List<Rule> rules =
        document.has("rules") ? document.list("rules", Rules.MOST_RULES, this::rule) : List.of();
    requireReachable(rules);
    Target fallback = target(document.object("default"));
    Costs costs = document.has("costs") ? costs(document.object("costs")) : Costs.UNKNOWN;
    RetryLater later =
        document.has("retry_later") ? retryLater(document.object("retry_later")) : null;
    document.end();
    return new Rules(rules, fallback, costs, later);
  }

  private static RetryLater retryLater(Members members) {
    int attempts = (int) members.whole("attempts", 1, RetryLater.MOST_ATTEMPTS);
    int days = (int) members.whole("days", 1, RetryLater.MOST_DAYS);
    members.end();
    return new RetryLater(attempts, days);
  }

  private Rule rule(@Nullable Object value, String path) {
    Members members = Members.of(value, path);
    String name = members.text("name", LONGEST_NAME);
    List<Condition> when =
        members.has("when") ? ConditionReader.read(members.object("when")) : List.of();
    Target to = target(members.object("to"));
    boolean only = members.has("only") && members.truth("only");
    members.end();
    return new Rule(name, when, to, only);
  }

  private static void requireReachable(List<Rule> rules) {
    Map<String, Integer> names = new HashMap<>();
    Map<Set<Condition>, Integer> conditions = new HashMap<>();
    for (int i = 0; i < rules.size(); i++) {
      String path = "rules[" + i + "]";
      Rule rule = rules.get(i);
      Integer same = names.putIfAbsent(rule.name(), i);
      if (same != null) {
        throw Members.invalid(path + "[name]", "rules[" + same + "] has that name.");
      }
      Integer earlier = conditions.get(Set.of());
      if (earlier == null) {
        earlier = conditions.putIfAbsent(new HashSet<>(rule.when()), i);
      }
      if (earlier != null) {
        throw Members.invalid(
            path, "This rule is never reached: rules[" + earlier + "] takes all that it matches.");
      }
    }
  }

  private Target target(Members members) {
    Target target;
    if (members.has("providers")) {
      target = new Chain(List.copyOf(providers(members, "providers")));
    } else if (members.has("split")) {
      target = split(members);
    } else if (members.has("least_cost")) {
      target = new LeastCost(List.copyOf(providers(members, "least_cost")));
    } else if (members.has("success_rate")) {
      target = successRate(members.object("success_rate"));
    } else {
      // A member that is there and means nothing here is what was mistaken for one of them.
      members.end();
      throw Members.invalid(
          members.path(), "This needs one of providers, split, least_cost and success_rate.");
    }
    members.end();
    return target;
  }

  private Set<String> providers(Members members, String name) {
    Set<String> seen = new LinkedHashSet<>();
    members.list(
        name,
        MOST_PROVIDERS,
        (value, at) -> {
          String provider = provider(value, at);
          if (!seen.add(provider)) {
            throw Members.invalid(at, ApiErrors.shown(provider) + " is there twice.");
          }
          return provider;
        });
    return seen;
  }

  private String provider(@Nullable Object value, String path) {
    String name = Members.text(value, path, LONGEST_NAME);
    if (!known.test(name)) {
      throw Members.invalid(
          path,
          "There is no provider account "
              + ApiErrors.shown(name)
              + "; `providers list` says which there are.");
    }
    return name;
  }

  private Target split(Members members) {
    Map<String, Integer> weights = new LinkedHashMap<>();
    members.list(
        "split",
        MOST_PROVIDERS,
        (value, at) -> {
          Members share = Members.of(value, at);
          String provider = provider(share.take("provider"), share.at("provider"));
          int weight = (int) share.whole("weight", 1, WHOLE_PERCENT);
          share.end();
          if (weights.put(provider, weight) != null) {
            throw Members.invalid(
                share.at("provider"), ApiErrors.shown(provider) + " is there twice.");
          }
          return provider;
        });
    int sum = weights.values().stream().mapToInt(Integer::intValue).sum();
    if (sum != WHOLE_PERCENT) {
      throw Members.invalid(
          members.at("split"), "The weights sum to " + sum + "; they are percent of 100.");
    }
    return new Split(List.copyOf(weights.keySet()), weights);
  }

  private Target successRate(Members members) {
    List<String> providers = List.copyOf(providers(members, "providers"));
    int exploration =
        members.has("exploration_percent") ? (int) members.whole("exploration_percent", 1, 50) : 5;
    int sample =
        members.has("least_sample") ? (int) members.whole("least_sample", 10, MOST_SAMPLE) : 50;
    members.end();
    return new SuccessRate(providers, exploration, sample);
  }

  private Costs costs(Members members) {
    Map<String, List<Fee>> fees = new LinkedHashMap<>();
    for (String name : members.names().stream().sorted().toList()) {
      provider(name, members.at(name));
      List<Fee> list = members.list(name, MOST_FEES, RulesReader::fee);
      requireReachable(list, members.at(name));
      fees.put(name, list);
    }
    members.end();
    return new Costs(fees);
  }

  private static Fee fee(@Nullable Object value, String path) {
    Members members = Members.of(value, path);
    Set<String> brands = members.has("brand") ? ConditionReader.brands(members, "brand") : Set.of();
    Set<Region> regions =
        members.has("region") ? ConditionReader.regions(members, "region") : Set.of();
    int basisPoints = (int) members.whole("basis_points", 0, Costs.PARTS);
    long fixed = members.has("fixed") ? members.whole("fixed", 0, MOST_FIXED) : 0;
    String currency =
        members.has("currency") || fixed > 0 ? ConditionReader.currency(members, "currency") : null;
    members.end();
    return new Fee(brands, regions, basisPoints, fixed, currency);
  }

  private static void requireReachable(List<Fee> fees, String path) {
    for (int i = 0; i < fees.size(); i++) {
      for (int before = 0; before < i; before++) {
        if (fees.get(before).coversAll(fees.get(i))) {
          throw Members.invalid(
              path + "[" + i + "]",
              "This is never reached: [" + before + "] before it fits all that it fits.");
        }
      }
    }
  }
}
