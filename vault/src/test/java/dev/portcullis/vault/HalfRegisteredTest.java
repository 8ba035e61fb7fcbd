package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What is seen, and mended, after a registration that failed between two of its calls. */
class HalfRegisteredTest extends RegistrationFixture {

  private void isHalf(String reason) {
    assertThat(ask("check").json())
        .containsEntry("outcome", "half_registered")
        .containsEntry("reason", reason);
    assertThat(
            vault
                .call(
                    "/internal/v1/providers/notifications",
                    Map.of(
                        "account",
                        vault.account,
                        "livemode",
                        false,
                        "provider_account",
                        name,
                        "url",
                        URL))
                .json())
        .as("the gateway, which counts them, is told the same")
        .containsEntry("outcome", "half_registered");
  }

  /** One place is there, and what it signs with is kept. */
  private void mended() {
    Got again = ask("register");
    assertThat(again.json()).as(again.json().toString()).containsEntry("outcome", "registered");
    assertThat(hooks).hasSize(1);
    assertThat(again.json()).containsEntry("ids", List.copyOf(hooks.keySet()));
    assertThat(stripes(told).json()).containsEntry("verified", true);
    assertThat(ask("check").json()).containsEntry("outcome", "registered");
  }

  private long entries(String what) {
    return Long.parseLong(
        vault.database.query(
            "select count(*) from audit_entry where action = 'notifications."
                + what
                + "' and subject = '"
                + name
                + "'"));
  }

  @Test
  void withoutItsSecretItIsSeenAndMadeAnew() {
    installed(SIGNED);
    failing = "/key";
    assertThat(ask("register").json())
        .containsEntry("outcome", "half_registered")
        .containsEntry("reason", "provider_error");
    assertThat(hooks).containsOnlyKeys("we_1");
    isHalf("secret_not_kept");
    assertThat(entries("registering")).isEqualTo(1);
    assertThat(entries("registration_failed")).isEqualTo(1);
    assertThat(entries("registered")).isZero();
    ask("register");
    assertThat(hooks).as("the first one went before the second came").containsOnlyKeys("we_2");
    vault.restart();
    isHalf("secret_not_kept");
    failing = "none";
    mended();
    assertThat(hooks).containsOnlyKeys("we_3");
    assertThat(entries("removing")).isEqualTo(2);
    assertThat(entries("removed")).isEqualTo(2);
    assertThat(entries("registered")).isEqualTo(1);
  }

  @Test
  void whatWasDoneAlthoughTheAnswerFailedIsSeenAndMadeAnew() {
    theirs();
    failing = "POST /hooks";
    assertThat(ask("register").json()).containsEntry("outcome", "half_registered");
    assertThat(hooks).hasSize(1);
    isHalf("secret_not_kept");
    failing = "none";
    mended();
  }

  @Test
  void whatCannotBeTakenBackIsNotMadeTwice() {
    installed(SIGNED);
    failing = "/key";
    ask("register");
    failing = "/hooks/we_1";
    vault.provider.received.clear();
    Got stuck = ask("register");
    assertThat(stuck.json()).containsEntry("reason", "provider_error");
    assertThat(vault.provider.received)
        .extracting(FakeProvider.Received::path)
        .containsExactly("/hooks", "/hooks/we_1");
  }

  @Test
  void aSecretThatCannotBeKeptLeavesItHalf() {
    theirs();
    String full = "alter table provider_secret %s constraint full_up";
    vault.database.execute(
        full.formatted("add") + " check (name <> '" + name + "-signing') not valid");
    try {
      assertThat(ask("register").status()).isEqualTo(503);
      isHalf("secret_not_kept");
      assertThat(entries("registered")).isZero();
    } finally {
      vault.database.execute(full.formatted("drop"));
    }
    mended();
    assertThat(hooks).containsOnlyKeys("we_2");
  }

  @Test
  void aSecretThatIsRefusedOrRetiredLeavesItHalf() {
    theirs();
    ask("register");
    hooks.clear();
    told = "whsec_of_another_time";
    Map<?, ?> change = object(object(ask("register").json().get("secret")).get("change"));
    isHalf("secret_waits");
    assertThat(ask("register").json()).containsEntry("reason", "secret_waits");
    assertThat(hooks).containsOnlyKeys("we_2");
    people.post("changes/" + change.get("id") + "/refuse", people.token("bob"), Map.of());
    isHalf("secret_gone");
    Got made = ask("register");
    assertThat(hooks).containsOnlyKeys("we_3");
    confirm(object(object(made.json().get("secret")).get("change")));
    assertThat(ask("check").json()).containsEntry("outcome", "registered");
  }

  @Test
  void oneThatCameLateBesideItIsSeenAndTakenAway() {
    theirs();
    ask("register");
    hooks.put("we_late", URL);
    isHalf("there_twice");
    mended();
    assertThat(hooks).containsOnlyKeys("we_1");
  }

  @Test
  void whatTheProviderRefusesLeavesNothing() {
    theirs();
    vault.provider.behave(
        exchange ->
            FakeProvider.answer(
                exchange,
                exchange.getRequestMethod().equals("GET") ? 200 : 422,
                Map.of("data", List.of())));
    assertThat(ask("register").json())
        .containsEntry("outcome", "failed")
        .containsEntry("reason", "provider_error");
    assertThat(vault.database.query("select count(*) from notification_registration"))
        .isEqualTo("0");
    assertThat(entries("registration_failed")).isEqualTo(1);
  }

  @Test
  void twoAtOnceAreOneAfterTheOther() throws Exception {
    theirs();
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    vault.provider.behave(
        exchange -> {
          asked.countDown();
          go.await();
          provide(exchange);
        });
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      Future<Got> first = other.submit(() -> ask("register"));
      asked.await();
      Got second = ask("register", "bob", URL);
      go.countDown();
      assertThat(second.status()).isEqualTo(400);
      assertThat(second.json().toString()).contains("registration_under_way");
      assertThat(first.get().json()).containsEntry("outcome", "registered");
    }
    assertThat(hooks).hasSize(1);
  }
}
