package dev.portcullis.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.wire.key.KeyKind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final BodyBudget budget = new BodyBudget(800, meters);

  private BodyBudget.Share server(String account) {
    return budget.share(new Principal(account, false, "key_one", KeyKind.SECRET), "192.0.2.1");
  }

  private BodyBudget.Share page(String network) {
    return budget.share(new Principal("acct_one", false, "key_two", KeyKind.PUBLISHABLE), network);
  }

  @Test
  void who_has_no_key_has_what_a_page_has() {
    BodyBudget.Share stranger = budget.shareOfStranger("192.0.2.1");
    stranger.take(200);
    assertThat(refusal(stranger, 1)).isEqualTo(429);
    budget.shareOfStranger("192.0.2.2").take(200);
    assertThat(refusal(budget.shareOfStranger("192.0.2.3"), 1)).isEqualTo(503);
    server("acct_one").take(200);
  }

  private int refusal(BodyBudget.Share share, int bytes) {
    long before = budget.taken();
    LimitReached refused = catchThrowableOfType(LimitReached.class, () -> share.take(bytes));
    assertThat(refused.retryAfterSeconds()).isPositive();
    assertThat(budget.taken()).isEqualTo(before);
    return refused.error().status();
  }

  private double refused(String limit) {
    return meters.get("portcullis.limits.refused").tag("limit", limit).counter().count();
  }

  @Test
  void an_account_has_a_quarter_whatever_key_or_address_it_uses() {
    server("acct_one").take(150);
    BodyBudget.Share second = server("acct_one");
    second.take(50);
    assertThat(refusal(second, 1)).isEqualTo(429);
    server("acct_two").take(200);
    page("192.0.2.1").take(100);
    assertThat(refused("holder-bodies")).isEqualTo(1);
    assertThat(refused("bodies")).isZero();
  }

  @Test
  void all_together_have_no_more_than_there_is() {
    for (String account : new String[] {"a", "b", "c", "d"}) {
      server(account).take(200);
    }
    assertThat(refusal(server("e"), 1)).isEqualTo(503);
    assertThat(refused("bodies")).isEqualTo(1);
    assertThat(meters.get("portcullis.limits.bodies").gauge().value()).isEqualTo(800);
  }

  @Test
  void pages_leave_half_to_servers() {
    page("192.0.2.1").take(200);
    assertThat(refusal(page("192.0.2.1"), 1)).isEqualTo(429);
    page("192.0.2.2").take(200);
    assertThat(refusal(page("192.0.2.3"), 1)).isEqualTo(503);
    server("acct_one").take(200);
  }

  @Test
  void what_was_taken_is_given_back_once_and_nobody_is_remembered() {
    BodyBudget.Share share = page("192.0.2.1");
    share.take(120);
    share.take(80);
    try (BodyBudget.Share other = page("192.0.2.2")) {
      other.take(10);
      share.close();
      share.close();
      assertThat(budget.taken()).isEqualTo(10);
    }
    assertThat(budget.taken()).isZero();
    assertThat(budget.holders()).isZero();
    page("192.0.2.1").take(200);
  }
}
