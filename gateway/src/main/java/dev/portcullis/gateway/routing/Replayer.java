package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.provider.ProviderAccounts;
import dev.portcullis.gateway.routing.DecisionStore.Made;
import dev.portcullis.gateway.routing.DecisionStore.Stretch;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Runs rules over an account's own past, page by page: one replay at a time in each process. */
@Component
final class Replayer {

  /** So many payments a replay looks at. */
  static final int MOST = 200_000;

  private static final int PAGE = 1_000;

  private final Semaphore turn = new Semaphore(1);
  private final DecisionStore decisions;
  private final RuleBook rules;
  private final ProviderAccounts providers;
  private final InstantSource clock;

  Replayer(
      DecisionStore decisions, RuleBook rules, ProviderAccounts providers, InstantSource clock) {
    this.decisions = decisions;
    this.rules = rules;
    this.providers = providers;
    this.clock = clock;
  }

  /**
   * Runs a version over the newest payments.
   *
   * @param version 0 for no rules
   * @param window how far back
   * @param most so many payments, {@value #MOST} at most
   * @throws ApiException 404 if there is no such version; 429 if another replay runs
   */
  Replay.Report run(Tenant tenant, int version, Duration window, int most) {
    if (!turn.tryAcquire()) {
      throw new ApiException(ApiErrors.tooManyRequests());
    }
    try {
      Rules tried = version == 0 ? null : ActiveRules.read(rules.find(tenant, version).document());
      Stretch stretch = new Stretch(tenant, clock.instant().minus(window), Math.min(most, MOST));
      return run(tried, stretch);
    } finally {
      turn.release();
    }
  }

  private Replay.Report run(@Nullable Rules tried, Stretch stretch) {
    Tenant tenant = stretch.tenant();
    List<Candidate> now =
        providers.list(tenant.account(), tenant.livemode()).stream().map(Candidate::of).toList();
    Replay replay = new Replay(tried, now, decisions.seen(stretch));
    String before = null;
    int left = stretch.most();
    while (left > 0) {
      List<Made> page = decisions.page(stretch, before, Math.min(PAGE, left));
      page.forEach(replay::add);
      left -= page.size();
      if (page.size() < PAGE) {
        break;
      }
      before = page.getLast().operation();
    }
    return replay.report();
  }
}
