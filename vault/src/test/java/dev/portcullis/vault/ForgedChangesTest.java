package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.RunningVault.Got;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What whoever writes to the database alone makes of policies and secrets. */
class ForgedChangesTest extends ProposedChanges {

  /** Whoever writes to the database alone, in whatever form the vault itself would. */
  private static void forge(String change, String action, String subject, String content) {
    vault.database.execute(
        """
        insert into pending_change (id, action, subject, content, hash, proposed_by, proposed_at,
            expires, state, decided_by, decided_at, data_key, sealed)
          select '%s', '%s', '%s', c, sha256(convert_to('%2$s' || chr(10) || '%3$s' || chr(10) || c,
              'UTF8')), 'ann', now(), now() + interval '1 day', 'applied', 'bob', now(), other.data_key,
              other.sealed
            from (values ('%s')) as made(c), (select data_key, sealed from pending_change where
              sealed is not null limit 1) as other
        """
            .formatted(change, action, subject, content));
  }

  @Test
  void aPolicyThatTheDatabaseAloneInstalledSendsNothing() {
    install("forged");
    String card = vault.paymentMethod(RunningVault.VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_4")));
    assertThat(forward("forged", card).status()).isEqualTo(200);
    String spying = policy("forged").replace("/pay", "/spy").replace("'", "");
    forge("chg_forged", "policy.install", "forged", spying);
    String rest = ", 'ann', 'bob', now(), 'chg_forged')";
    readAnewAfter("insert into forward_policy values ('forged', 2, '" + spying + "'" + rest);
    assertThat(forward("forged", card).status()).isEqualTo(404);
    assertThat(trail("policy.loaded", "forged/2")).isZero();
    Got again = propose("forged", "ann");
    assertThat(confirm(again, "bob").text("outcome")).isEqualTo("version 3");
    assertThat(forward("forged", card).status()).isEqualTo(200);
    assertThatThrownBy(
            () ->
                vault.database.execute(
                    "insert into forward_policy select name, version + 9, content, installed_by,"
                        + " confirmed_by, installed_at, change from forward_policy where name ="
                        + " 'forged' and version = 1"))
        .as("an older one is not put in place again")
        .hasMessageContaining("forward_policy_change");
    assertThatThrownBy(() -> vault.database.execute("update forward_policy set content = '{}'"))
        .hasMessageContaining("append-only");
  }

  @Test
  void whatTwoPeopleConfirmedIsWhatTheySaw() {
    install("vouched");
    String card = vault.paymentMethod(RunningVault.VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_5")));
    vault.database.execute(
        "create table vouched_before as select * from pending_change where subject = 'vouched'");
    for (String column :
        List.of("decided_by = 'cay'", "proposed_by = 'cay'", "sealed = null", "data_key = 'x'")) {
      readAnewAfter("update pending_change set " + column + " where subject = 'vouched'");
      assertThat(forward("vouched", card).status()).as(column).isEqualTo(404);
      readAnewAfter(
          "update pending_change set decided_by = 'bob', proposed_by = 'ann',"
              + " (sealed, data_key) = (select sealed, data_key from vouched_before where id ="
              + " pending_change.id) where subject = 'vouched'");
    }
    vault.database.execute("drop table vouched_before");
    assertThat(forward("vouched", card).status()).isEqualTo(200);
  }

  @Test
  void whatTheDatabaseMakesOfAChangeIsNotVouchedFor() {
    enter("turned", VALUE);
    Got change = propose("turned", "ann");
    String spying = policy("turned").replace("/pay", "/spy").replace("'", "");
    vault.database.execute(
        """
        create function turn() returns trigger language plpgsql as $$
        begin
          if new.state = 'applied' then
            new.content := '%s';
            new.hash := sha256(convert_to('policy.install' || chr(10) || 'turned' || chr(10) ||
                new.content, 'UTF8'));
          end if;
          return new;
        end $$;
        create trigger turn before update on pending_change for each row execute function turn();
        """
            .formatted(spying));
    try {
      assertThat(confirm(change, "bob").status()).isEqualTo(200);
    } finally {
      vault.database.execute("drop trigger turn on pending_change; drop function turn()");
    }
    readAnewAfter(
        "insert into forward_policy values ('turned', 2, '"
            + spying
            + "', 'ann', 'bob', now(), 'chg_other'); update pending_change set id = 'chg_other'"
            + " where"
            + " id = '%s'".formatted(change.text("id")));
    String card = vault.paymentMethod(RunningVault.VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_7")));
    assertThat(forward("turned", card).status()).isEqualTo(404);
    readAnewAfter(
        "update pending_change set id = '%s' where id = 'chg_other'".formatted(change.text("id")));
    assertThat(forward("turned", card).status()).isEqualTo(404);
  }

  @Test
  void aVersionThatNobodyConfirmedIsNotUsedWhateverItsRowSays() {
    install("early");
    String card = vault.paymentMethod(RunningVault.VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_6")));
    enter("early", NEXT);
    forge("chg_early", "secret.use", "early/2", "2020-01-01T00:00:00Z at once");
    readAnewAfter(
        "update provider_secret set active_from = '2020-01-01' where name = 'early' and version"
            + " = 2");
    assertThat(forward("early", card).status()).isEqualTo(200);
    assertThat(vault.provider.received.getFirst().headers()).containsEntry("X-Api-Key", VALUE);
  }

  @Test
  void aSecretsRowThatIsCopiedOrChangedOpensNothing() {
    install("copied");
    String card = vault.paymentMethod(RunningVault.VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("id", "p_3")));
    assertThat(forward("copied", card).status()).isEqualTo(200);
    for (String change :
        List.of("host = 'evil.test'", "version = 9", "account = 'acct_other'", "livemode = true")) {
      vault.database.execute(
          "update provider_secret set "
              + change
              + " where name = 'copied';"
              + "update egress_revision set revision = revision + 1");
      vault.restart();
      assertThat(forward("copied", card).status()).as(change).isIn(403, 404);
      vault.database.execute(
          "update provider_secret set host = '%s', version = 1, account = '%s', livemode = false"
                  .formatted(host(), vault.account)
              + " where name = 'copied'");
    }
    vault.restart();
    assertThat(forward("copied", card).status()).isEqualTo(200);
  }
}
