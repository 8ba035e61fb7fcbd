package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Secrets that one person enters, and a second one has replaced or destroyed. */
class SecretVersionsTest extends ProposedChanges {

  /** Two proposed the same; whoever looks at what is left sees that it can only be refused. */
  @Test
  void aProposalAboutAVersionThatIsGoneIsShownAndRefused() {
    enter("gone", VALUE);
    String ann = people.token("ann");
    Got first = people.post("secrets/gone/retire", ann, Map.of("version", 1));
    Got second = people.post("secrets/gone/retire", ann, Map.of("version", 1));
    assertThat(confirm(first, "bob").text("status")).isEqualTo("applied");
    Got shown = people.get("changes/" + second.text("id"), people.token("bob"));
    assertThat(shown.status()).as(shown.json().toString()).isEqualTo(200);
    assertThat(shown.text("consequences")).contains("destroyed already");
    assertThat(confirm(second, "bob").status()).isEqualTo(404);
    String refuse = "changes/" + second.text("id") + "/refuse";
    assertThat(people.post(refuse, people.token("bob"), Map.of()).text("status"))
        .isEqualTo("refused");
  }

  @Test
  void anOlderVersionThatDoesNotOpenHindersNothing() {
    install("aged");
    String card = vault.paymentMethod(RunningVault.VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_8")));
    Got next = enter("aged", NEXT);
    assertThat(confirm(next.text("change.id"), next.text("change.hash"), "bob").status())
        .isEqualTo(200);
    readAnewAfter(
        "update provider_secret set sealed = set_byte(sealed, 20, 1 - get_byte(sealed, 20) % 2)"
            + " where name = 'aged' and version = 1");
    assertThat(forward("aged", card).status()).isEqualTo(200);
    assertThat(vault.provider.received.getFirst().headers()).containsEntry("X-Api-Key", NEXT);
  }

  private static String version(String name, int version, String column) {
    return vault.database.query(
        "select %s from provider_secret where name = '%s' and version = %d"
            .formatted(column, name, version));
  }

  @Test
  void aSecretsNextVersionIsStoredWithItsProposalOrNotAtAll() {
    enter("whole", VALUE);
    people.add("fay", "administrator", "ann");
    Got lately = people.post("secrets", people.token("fay"), secret("whole", NEXT));
    assertThat(lately.text("error.code")).isEqualTo("enrolled_too_lately");
    assertThat(vault.database.query("select count(*) from provider_secret where name = 'whole'"))
        .isEqualTo("1");
    assertThat(trail("secret.entered", "whole")).isEqualTo(1);
  }

  @Test
  void aRefusedOrForgottenProposalTakesTheVersionAway() {
    enter("waits", VALUE);
    Got second = enter("waits", NEXT);
    assertThat(version("waits", 2, "length(sealed) > 0")).isEqualTo("true");
    people.post("changes/" + second.text("change.id") + "/refuse", people.token("ann"), Map.of());
    assertThat(version("waits", 2, "length(sealed)")).isEqualTo("0");
    assertThat(version("waits", 1, "retired is null")).as("what is used stays").isEqualTo("true");

    enter("waits", NEXT);
    vault.clock.advance(Duration.ofHours(25));
    Got fourth = enter("waits", NEXT);
    assertThat(version("waits", 3, "length(sealed)")).as("nobody confirmed it").isEqualTo("0");
    enter("waits", NEXT);
    assertThat(version("waits", 4, "length(sealed) > 0")).as("somebody may").isEqualTo("true");
    assertThat(confirm(fourth.text("change.id"), fourth.text("change.hash"), "bob").status())
        .isEqualTo(200);
  }

  @Test
  void aNewVersionTakesOverAtItsTimeAndARetiredOneIsGone() {
    install("rotate");
    String card = vault.paymentMethod(RunningVault.VISA);
    Map<String, Object> next = secret("rotate", NEXT);
    next.put("active_from", vault.clock.instant().plus(Duration.ofHours(1)).getEpochSecond());
    Got entered = people.post("secrets", people.token("ann"), next);
    assertThat(entered.at("version")).isEqualTo(2L);
    assertThat(entered.text("status")).isEqualTo("waiting");
    assertThat(entered.at("active_from")).as("one person alone leads no money elsewhere").isNull();
    vault.clock.advance(Duration.ofMinutes(1));
    vault.restart();
    assertThat(sentKey(card)).isEqualTo(VALUE);
    String use = entered.text("change.id");
    assertThat(confirm(use, entered.text("change.hash"), "ann").status()).isEqualTo(403);
    assertThat(confirm(use, entered.text("change.hash"), "bob").status()).isEqualTo(200);
    assertThat(sentKey(card)).isEqualTo(VALUE);
    vault.clock.advance(Duration.ofHours(2));
    vault.restart();
    assertThat(sentKey(card)).isEqualTo(NEXT);
    retire(2);
    assertThat(sentKey(card)).as("back to what is there").isEqualTo(VALUE);
    retire(1);
    assertThat(forward("rotate", card).status()).as("nothing to send with").isEqualTo(404);
    assertThat(
            vault.database.query(
                "select sum(length(sealed)) from provider_secret where name = 'rotate'"))
        .isEqualTo("0");
    Map<String, Object> elsewhere = secret("rotate", NEXT);
    elsewhere.put("host", "evil.test");
    assertThat(people.post("secrets", people.token("ann"), elsewhere).text("error.code"))
        .isEqualTo("secret_bound_otherwise");
  }

  private static void retire(int version) {
    Got got = people.post("secrets/rotate/retire", people.token("ann"), Map.of("version", version));
    assertThat(got.text("status")).as(got.json().toString()).isEqualTo("pending");
    assertThat(confirm(got, "bob").text("outcome")).isEqualTo("destroyed");
  }

  private static @Nullable String sentKey(String card) {
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_2")));
    assertThat(forward("rotate", card).status()).isEqualTo(200);
    return vault.provider.received.getFirst().headers().get("X-Api-Key");
  }

  @Test
  void theGatewayKnowsNamesAndVersionsAndMayAskForATestCall() {
    install("known");
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("key", VALUE)));
    Map<String, Object> owner = Map.of("account", vault.account, "livemode", false);
    Got list = vault.call("/internal/v1/providers", owner);
    assertThat(list.text("data"))
        .contains("known/1")
        .doesNotContain(VALUE)
        .containsPattern("name=known,[^}]*tls=null");
    assertThat(
            vault
                .call(
                    "/internal/v1/providers",
                    Map.of("account", vault.account + "x", "livemode", false))
                .text("data"))
        .isEqualTo("[]");
    Map<String, Object> call = new HashMap<>(owner);
    call.put("provider_account", "known");
    Got works = vault.call("/internal/v1/providers/test", call);
    assertThat(works.text("outcome")).isEqualTo("works");
    assertThat(vault.call("/internal/v1/providers", owner).text("data"))
        .as("how the connection was made")
        .containsPattern(
            "name=known,[^}]*tls=\\{verified=true, protocol=TLSv1.3, cipher=TLS_[^}]*"
                + "certificate_expires_at=[0-9]+, seen_at=[0-9]+, pinned=false");
    assertThat(works.json().toString()).doesNotContain(VALUE);
    assertThat(vault.provider.received.getFirst().path()).isEqualTo("/ping");
    vault.provider.behave(e -> FakeProvider.answer(e, 401, Map.of()));
    assertThat(vault.call("/internal/v1/providers/test", call).text("outcome"))
        .isEqualTo("refused");
    Got tested = people.post("providers/test", people.token("ann"), Objects.requireNonNull(call));
    assertThat(tested.text("outcome")).isEqualTo("refused");
    call.put("provider_account", "sandbox");
    assertThat(vault.call("/internal/v1/providers/test", call).text("outcome"))
        .isEqualTo("no_test_call");
  }
}
