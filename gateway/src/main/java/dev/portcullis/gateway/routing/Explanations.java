package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.routing.DecisionStore.End;
import dev.portcullis.gateway.routing.DecisionStore.Made;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells of a decision which rules were looked at, and why each provider account stands where. */
final class Explanations {

  private Explanations() {}

  /**
   * The decision with its reasons.
   *
   * @param rules those that it was made by, or null where there were none
   * @param retries which of the payment's attempts were to be tried again
   */
  static Map<String, @Nullable Object> of(
      Made made, @Nullable Rules rules, List<RetryStore.Made> retries) {
    Decision decision = made.decision();
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "routing_decision");
    body.put("operation", made.operation());
    body.put("payment", decision.facts().payment());
    body.put("livemode", made.livemode());
    body.put("created", made.at().getEpochSecond());
    body.put("attempt", decision.facts().attempt());
    body.put("provider", made.provider());
    body.put("version", decision.version());
    body.put("rules", rules(decision.plan().explanation().rules(), rules));
    List<Object> standings = new ArrayList<>();
    for (Plan.Standing standing : decision.plan().explanation().providers()) {
      standings.add(
          Map.of(
              "provider", standing.provider(),
              "place", standing.place(),
              "reason", standing.reason()));
    }
    body.put("providers", standings);
    body.put("facts", decision.facts().doc());
    End end = made.end();
    body.put("outcome", end == null ? null : end.outcome());
    body.put("decline_code", end == null ? null : end.declineCode());
    body.put("latency_ms", end == null ? null : end.latencyMs());
    body.put("retry", null);
    body.put("retried", null);
    for (RetryStore.Made retry : retries) {
      if (made.operation().equals(retry.operation())) {
        body.put("retry", retry(retry.plan()));
      }
      if (made.operation().equals(retry.plan().declined())) {
        Map<String, @Nullable Object> next = retry(retry.plan());
        next.put("state", retry.state());
        next.put("ended", retry.ended());
        body.put("retried", next);
      }
    }
    return body;
  }

  /** A plan, as it is listed and as it stands with the attempts that it is about. */
  static Map<String, @Nullable Object> retry(RetryPlan plan) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("of", plan.declined());
    body.put("number", plan.number());
    body.put("first", plan.first().getEpochSecond());
    body.put("planned", plan.planned().getEpochSecond());
    body.put("reason", plan.reason());
    return body;
  }

  private static List<Object> rules(List<String> looked, @Nullable Rules rules) {
    List<Object> told = new ArrayList<>();
    for (int i = 0; rules != null && i < looked.size(); i++) {
      boolean matched = looked.get(i).equals(Plan.Explanation.MATCHED);
      Map<String, @Nullable Object> rule = new LinkedHashMap<>();
      rule.put("name", rules.rules().get(i).name());
      rule.put("matched", matched);
      rule.put("failed", matched ? null : looked.get(i));
      told.add(rule);
    }
    return told;
  }
}
