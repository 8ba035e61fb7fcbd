package dev.portcullis.cli.webhooks;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.webhooks.AttackClient.Reply;
import dev.portcullis.cli.webhooks.Attacks.Attack;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Attacks on one receiver, each judged by its answer. */
final class AttackRun {

  private final AttackClient client;
  private final Target target;
  private final InstantSource clock;
  private final Set<String> refusals = new HashSet<>();
  private boolean reached;

  AttackRun(AttackClient client, Target target, InstantSource clock) {
    this.client = client;
    this.target = target;
    this.clock = clock;
  }

  /**
   * A receiver.
   *
   * @param secret what it verifies with
   * @param set variables that are other ones for it
   * @param headers what it wants besides
   */
  record Target(
      URI url, String secret, Map<String, String> set, List<Map.Entry<String, String>> headers) {}

  /**
   * How one came out.
   *
   * @param got in words
   * @param right whether that is what was expected
   */
  record Outcome(Attack attack, String got, boolean right) {}

  Outcome run(Attack attack) {
    AttackRequest request =
        AttackRequest.of(attack, target.secret(), target.set(), clock.instant());
    Outcome outcome = once(attack, request);
    for (int more = 1; more < attack.times() && outcome.right(); more++) {
      outcome = once(attack, request);
    }
    return outcome;
  }

  private Outcome once(Attack attack, AttackRequest request) {
    Reply reply = client.send(target.url(), request, target.headers());
    boolean first = !reached;
    reached = true;
    return switch (reply) {
      case Reply.Answer answer -> judge(attack, answer);
      case Reply.None(String reason) ->
          new Outcome(attack, "no answer (" + reason + ")", attack.mayBreakOff());
      case Reply.Unreached(String why) when first ->
          throw new Refusal(target.url() + ": " + why + ". Nothing was judged.");
      // One that it did not survive, or a wall that has gone up meanwhile.
      case Reply.Unreached(String why) ->
          new Outcome(attack, "no answer (" + why + " any more)", false);
    };
  }

  private Outcome judge(Attack attack, Reply.Answer answer) {
    int status = answer.status();
    // 408 and 429 say that nothing was looked at, and 5xx that it could not be.
    boolean refused = status >= 400 && status < 500 && status != 408 && status != 429;
    boolean taken = status >= 200 && status < 300;
    if (refused && !attack.accepted() && !attack.mayBreakOff()) {
      refusals.add(status + " " + answer.looks());
    }
    String got = (taken ? "accept " : refused ? "reject " : "") + status;
    return new Outcome(attack, got, attack.accepted() ? taken : refused);
  }

  /** How many kinds of refusal a stranger can tell apart. */
  int kindsOfRefusal() {
    return refusals.size();
  }
}
